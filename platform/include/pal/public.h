/* How the public headers declare, these and the library's: what stands between PAL_PUBLIC_BEGIN and PAL_PUBLIC_END is what the shared library
 * shows to its users, and nothing else is; in C++ it has C's names. */
#ifndef PAL_PUBLIC_H
#define PAL_PUBLIC_H

/* Set while the shared library itself is compiled, by compilers that know this pragma. Nobody else needs it. */
#if defined(PAL_SHARED_BUILD)
#define PAL_PUBLIC_BEGIN _Pragma("GCC visibility push(default)")
#define PAL_PUBLIC_END _Pragma("GCC visibility pop")
#elif defined(__cplusplus)
#define PAL_PUBLIC_BEGIN extern "C" {
#define PAL_PUBLIC_END }
#else
#define PAL_PUBLIC_BEGIN
#define PAL_PUBLIC_END
#endif

#ifdef __cplusplus
#define PAL_NORETURN [[noreturn]]
#else
#define PAL_NORETURN _Noreturn
#endif

#endif
