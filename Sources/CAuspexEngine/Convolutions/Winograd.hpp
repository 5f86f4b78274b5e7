// Convolutions by minimal filtering in height and width: about a quarter of the products, for processors with
// AVX2 and FMA.
//
// A window of 6x6 input pixels is transformed into 36 numbers per channel; so are the kernel's taps; products of the two, summed
// over channels and taps in time, are transformed back into the window's output pixels. Six points (0, 1, -1, 2, -2, infinity)
// serve two kernels: side 3, with 4x4 output pixels per window, and side 4, with 3x3. A kernel of side 7 or 8 with
// stride 2 is one of side 4 over pixels taken two by two, their numbers side by side as channels.
//
// Rounding: the transformed numbers are larger than their inputs, so rounding errors are about ten times those of
// plain sums: 1e-5 of the largest result. Callers must therefore request it explicitly.
// Source: Winograd 1980; Lavin and Gray 2016, arXiv:1509.09308.
#pragma once
#include "Convolutions.h"

namespace ax::winograd {

/// One convolution's sides as these loops see them.
struct Filtering {
    int batch, in, out;
    int phases;       ///< pixels taken together in height and in width: the stride
    int taps;         ///< of the kernel's side over such pixels: 3 or 4
    int depth;        ///< channels of such a pixel
    int depthStride;  ///< the same, in whole vectors
    int shift[2];     ///< zero taps that go before the kernel's, so that pixels are taken two by two from an even place
    int origin[2];    ///< where the first window begins, in such pixels
    int kernel[3], step, before, frames, outputFrames;
    int side[2], count[2];
    int windows[2];  ///< down and across
    int group;       ///< windows of a block: with all their frames about what the second-level cache holds
    int pixels() const { return 7 - taps; }  ///< output pixels along a window's side
};

/// Whether these loops are available here and faster for a shape whose caller allows them.
bool isChosen(const ax_dnn_convolution &shape, int direction);

Filtering filtering(const ax_dnn_convolution &shape);
/// Floats of packed weights.
size_t packedCount(const Filtering &filtering);
size_t scratchBytes(const Filtering &filtering);
/// Floating-point operations of the products, which are nearly all.
double flops(const Filtering &filtering);
/// `turned`: the weights are [kh, kw, out, in] of a convolution whose dx this is, read from the last tap to the first.
void pack(const Filtering &filtering, const float *weights, bool turned, float *packed);
void run(
    const Filtering &filtering, const float *x, const float *packed, const float *bias, bool relu, float *y,
    void *scratch);

}  // namespace ax::winograd
