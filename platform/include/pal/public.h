/* How public headers declare, pal/ and loopmsg/ alike. The shared library exports what stands between PAL_PUBLIC_BEGIN and
 * PAL_PUBLIC_END, and nothing else. In C++, these names have C linkage. */
#ifndef PAL_PUBLIC_H
#define PAL_PUBLIC_H

/* PAL_SHARED_BUILD is set only while the shared library is compiled, by compilers that know this pragma. */
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
