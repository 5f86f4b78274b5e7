// Only the differences between oneDNN 2.x and 3.x: 3.x has no operation descriptors, and its memory
// descriptors are opaque.
#pragma once
#include "Engine.hpp"

namespace ax::version {

using dnnl::memory;
using dims = memory::dims;

inline ax_isa effectiveIsa() {
    switch (dnnl::get_effective_cpu_isa()) {
#if DNNL_VERSION_MAJOR >= 3
    case dnnl::cpu_isa::isa_default:
#else
    case dnnl::cpu_isa::all:
#endif
    case dnnl::cpu_isa::sse41:
    case dnnl::cpu_isa::avx: return ax_isa_baseline;
#if DNNL_VERSION_MAJOR >= 3
    case dnnl::cpu_isa::avx2_vnni_2:
#endif
    case dnnl::cpu_isa::avx2:
    case dnnl::cpu_isa::avx2_vnni: return ax_isa_avx2;
    default: return ax_isa_avx512;
    }
}

struct ConvolutionDescriptors {
    memory::desc x, weights, bias, y;
    dims strides, before, after;
};

inline dnnl::convolution_forward::primitive_desc convolutionForward(
    const ConvolutionDescriptors &d, dnnl::prop_kind kind, const dnnl::primitive_attr &attributes) {
    const auto algorithm = dnnl::algorithm::convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
    return {engine(), kind, algorithm, d.x, d.weights, d.bias, d.y, d.strides, d.before, d.after, attributes};
#else
    return {
        dnnl::convolution_forward::desc(kind, algorithm, d.x, d.weights, d.bias, d.y, d.strides, d.before, d.after),
        attributes, engine()};
#endif
}

inline dnnl::convolution_backward_data::primitive_desc convolutionBackwardData(
    const ConvolutionDescriptors &d, const dnnl::primitive_attr &attributes,
    const dnnl::convolution_forward::primitive_desc &hint) {
    const auto algorithm = dnnl::algorithm::convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
    return {engine(), algorithm, d.x, d.weights, d.y, d.strides, d.before, d.after, hint, attributes};
#else
    return {
        dnnl::convolution_backward_data::desc(algorithm, d.x, d.weights, d.y, d.strides, d.before, d.after), attributes,
        engine(), hint};
#endif
}

inline dnnl::convolution_backward_weights::primitive_desc convolutionBackwardWeights(
    const ConvolutionDescriptors &d, const dnnl::primitive_attr &attributes,
    const dnnl::convolution_forward::primitive_desc &hint) {
    const auto algorithm = dnnl::algorithm::convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
    return {engine(), algorithm, d.x, d.weights, d.bias, d.y, d.strides, d.before, d.after, hint, attributes};
#else
    return {
        dnnl::convolution_backward_weights::desc(algorithm, d.x, d.weights, d.bias, d.y, d.strides, d.before, d.after),
        attributes, engine(), hint};
#endif
}

inline dnnl::matmul::primitive_desc matrixProduct(
    const memory::desc &a, const memory::desc &b, const memory::desc &c, const dnnl::primitive_attr &attributes) {
#if DNNL_VERSION_MAJOR >= 3
    return {engine(), a, b, c, attributes};
#else
    return {dnnl::matmul::desc(a, b, c), attributes, engine()};
#endif
}

struct PoolingDescriptors {
    memory::desc x, y;
    dnnl::algorithm algorithm;
    dims strides, window, before, after;
};

inline dnnl::pooling_forward::primitive_desc poolingForward(
    const PoolingDescriptors &d, dnnl::prop_kind kind, const dnnl::primitive_attr &attributes) {
#if DNNL_VERSION_MAJOR >= 3
    const dims dilation(d.window.size(), 0);
    return {engine(), kind, d.algorithm, d.x, d.y, d.strides, d.window, dilation, d.before, d.after, attributes};
#else
    return {
        dnnl::pooling_forward::desc(kind, d.algorithm, d.x, d.y, d.strides, d.window, d.before, d.after), attributes,
        engine()};
#endif
}

inline dnnl::pooling_backward::primitive_desc poolingBackward(
    const PoolingDescriptors &d, const dnnl::primitive_attr &attributes,
    const dnnl::pooling_forward::primitive_desc &hint) {
#if DNNL_VERSION_MAJOR >= 3
    const dims dilation(d.window.size(), 0);
    return {engine(), d.algorithm, d.x, d.y, d.strides, d.window, dilation, d.before, d.after, hint, attributes};
#else
    return {
        dnnl::pooling_backward::desc(d.algorithm, d.x, d.y, d.strides, d.window, d.before, d.after), attributes,
        engine(), hint};
#endif
}

/// A descriptor without dimensions means that there is none.
inline bool isEmpty(const memory::desc &d) { return d.get_size() == 0; }

}  // namespace ax::version
