// Maxima of windows if no gradient is needed: each pixel's column of rows is compared once and serves every window
// that contains it. oneDNN 2.6 compares a 3x3x3 window's 27 pixels again for each output.
#pragma once
#include "Convolutions.h"

namespace ax::maximum {

/// Whether these loops support a shape.
bool isChosen(const ax_dnn_pooling &shape);
void run(const ax_dnn_pooling &shape, const float *x, float *y);

/// Writes NaN where a window contains one. The library's loops lose it, because a comparison with NaN is false.
void markNotNumbers(const ax_dnn_pooling &shape, const void *x, void *y);

}  // namespace ax::maximum
