#include "CAuspexKernels.h"
void ax_accumulate(float *sum, const float *addend, size_t count) { for (size_t i = 0; i < count; i++) sum[i] += addend[i]; }
