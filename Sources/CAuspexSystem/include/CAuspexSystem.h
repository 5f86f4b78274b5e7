// System functions that Auspex needs and Swift's libraries do not offer.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Swaps two names in one step, files or folders, on one file system.
///
/// Returns 0, or -1 with errno: EINVAL or ENOSYS where the file system cannot do it.
int ax_exchange(const char *first, const char *second);

/// Bytes that the process may still map under `ulimit -v`; `UINT64_MAX` without such a limit. May be called in a signal handler.
uint64_t ax_free_address_space(void);

/// The limit of `ulimit -v` in bytes; `UINT64_MAX` without one.
uint64_t ax_address_space_limit(void);

/// Names the calling thread, for debuggers and `top`; the system keeps 15 bytes.
void ax_name_thread(const char *name);

/// Called first in the program; does nothing without `ulimit -v`.
///
/// All threads then share one heap, because each of glibc's heaps reserves up to 128 MB. Also, a crash while hardly any address space is left ends the
/// process with one line and status 1: allocations inside the Swift runtime, oneDNN and others trap or use a null pointer where they fail. A crash
/// with address space to spare goes to the earlier handler.
void ax_keep_to_memory_limit(void);

#ifdef __cplusplus
}
#endif
