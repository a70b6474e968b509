/* The version, and what GetProcessTimes says. */
#include "pal/system.h"

#include "native.h"

#include <stdio.h>

typedef LONG(WINAPI *version_function)(OSVERSIONINFOW *version);

/* RtlGetVersion, because GetVersionEx answers what the program's manifest says it knows. */
static OSVERSIONINFOW version_read(void) {
    OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof version};
    HMODULE library = GetModuleHandleW(L"ntdll.dll");
    FARPROC address = library != NULL ? GetProcAddress(library, "RtlGetVersion") : NULL;
    version_function get_version = (version_function)(void (*)(void))address;
    if (get_version != NULL)
        get_version(&version);
    return version;
}

static const char *architecture_name(void) {
    SYSTEM_INFO info;
    GetNativeSystemInfo(&info);
    switch (info.wProcessorArchitecture) {
    case PROCESSOR_ARCHITECTURE_AMD64:
        return "x86_64";
    case PROCESSOR_ARCHITECTURE_ARM64:
        return "aarch64";
    case PROCESSOR_ARCHITECTURE_INTEL:
        return "x86";
    case PROCESSOR_ARCHITECTURE_ARM:
        return "arm";
    default:
        return "unknown";
    }
}

const char *pal_system_description(char *buffer, size_t size) {
    OSVERSIONINFOW version = version_read();
    snprintf(buffer, size, "Windows %lu.%lu.%lu %s", version.dwMajorVersion, version.dwMinorVersion, version.dwBuildNumber,
             architecture_name());
    return buffer;
}

uint64_t pal_system_raise_descriptor_limit(void) {
    return UINT64_MAX; /* memory is the only limit of handles that a program meets */
}

static uint64_t filetime_ns(FILETIME time) {
    return ((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime) * 100;
}

uint64_t pal_system_processor_time_ns(void) {
    FILETIME created, ended, kernel, user;
    if (!GetProcessTimes(GetCurrentProcess(), &created, &ended, &kernel, &user))
        return 0;
    return filetime_ns(kernel) + filetime_ns(user);
}
