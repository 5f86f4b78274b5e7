#include "Kernels.h"
#if defined(__GLIBC__)
#include <malloc.h>
#endif

void ax_trim_heap(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}
