/* The system's version, and GetProcessTimes. */
#include "pal/system.h"

#include "native.h"
#include "text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

typedef LONG(WINAPI *version_function)(OSVERSIONINFOW *version);

/* RtlGetVersion, because GetVersionEx returns at most the version in the program's manifest. */
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

pal_error pal_host_name(char *buffer, size_t size) {
    assert(size > 0);
    buffer[0] = '\0';
    wchar_t name[256]; /* a label of the DNS has at most 63 */
    DWORD length = sizeof name / sizeof name[0];
    if (!GetComputerNameExW(ComputerNameDnsHostname, name, &length))
        return pal_error_last();
    pal_utf8_from_wide(name, length, buffer, size);
    return pal_ok();
}

unsigned pal_processor_count(void) {
    DWORD_PTR process_mask = 0, system_mask = 0;
    GetProcessAffinityMask(GetCurrentProcess(), &process_mask, &system_mask);
    unsigned count = 0;
    for (DWORD_PTR mask = process_mask; mask != 0; mask &= mask - 1)
        count++;
    if (count == 0) /* no mask: the process has threads in several groups of processors */
        count = GetActiveProcessorCount(ALL_PROCESSOR_GROUPS);
    return count > 0 ? count : 1;
}

uint64_t pal_system_raise_descriptor_limit(void) {
    return UINT64_MAX; /* only memory limits the number of handles */
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

void pal_process_exit(int code) {
    /* Not ExitProcess: it lets every library clean up, after ending threads that may hold locks the libraries need. */
    TerminateProcess(GetCurrentProcess(), (UINT)code);
    abort(); /* not reached */
}
