// Convolutions by our own loops, for processors with AVX2 and FMA but not AVX-512.
//
// oneDNN 2.6 and 3.2 are weak there in the weights' gradient (55-65% of what a core can do, 20-35% in 3-D, where they fall
// back to im2col), and 2.6 also forward and in strided gradients of 3-D data. These loops reach 70-85% and 80-95%.
//
// All three directions are based on one view of the input: for an output pixel and a row of the kernel, the input's numbers
// under that row are contiguous in channels-last memory ("a patch", kw * in floats). A chunk of output pixels is a table
// of pointers to patches; only patches that cross the left or right border are copied, with zeros, and rows outside
// point to zeros. So strides, padding, time, and images smaller than a tile cost the inner loops nothing.
#pragma once
#include "Convolutions.h"
#include <vector>

namespace ax::direct {

/// How one grid of output pixels sees its input: out[p] = sum over taps t of in[p * step + origin + t] * w[t].
struct Grid {
    int batch, channels;
    int side[3];  ///< of the input
    int taps[3];
    int step[3], origin[3];
    int count[3];  ///< output pixels
    int64_t pixels() const { return int64_t(batch) * count[0] * count[1] * count[2]; }
    int rows() const { return taps[0] * taps[1]; }
    int length() const { return taps[2] * channels; }
};

/// A grid, where its results go (in pixels of the output), and where its packed weights begin (in floats).
struct Part {
    Grid grid;
    int64_t place, stride[3], image;
    int64_t weights;
    int residue[3];  ///< of the output's position by the stride (the data's gradient)
};

/// Forward, or the data's gradient: one part for each residue of the stride.
struct Products {
    std::vector<Part> parts;
    int out;         ///< channels of the result
    int64_t packed;  ///< floats of packed weights
    bool flipped;    ///< the data's gradient: taps in reverse, in and out exchanged
};

/// Whether these loops are available here and preferred to oneDNN's for a shape: a fixed rule, from measurements
/// with one thread on an AMD Milan, so that the same shape always runs the same code.
bool isChosen(const ax_dnn_convolution &shape, int direction);

Products forwardProducts(const ax_dnn_convolution &shape);
Products backwardDataProducts(const ax_dnn_convolution &shape);
void pack(const ax_dnn_convolution &shape, const Products &products, const float *weights, float *packed);
size_t scratchBytes(const Products &products);
void run(
    const Products &products, const float *x, const float *packed, const float *bias, bool relu, float *y,
    void *scratch);

size_t weightsScratchBytes(const ax_dnn_convolution &shape);
void backwardWeights(const ax_dnn_convolution &shape, const float *x, const float *dy, float *dw, void *scratch);

}  // namespace ax::direct
