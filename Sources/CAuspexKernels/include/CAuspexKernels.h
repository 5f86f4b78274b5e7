#pragma once
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/// sum[i] += addend[i]
void ax_accumulate(float *sum, const float *addend, size_t count);

#ifdef __cplusplus
}
#endif
