// All loops, for the instruction set that the includer names: AX_NAMESPACE and AX_WIDTH (floats in a vector) are set. Included several
// times, so neither this nor the files below have guards.
namespace ax {
namespace AX_NAMESPACE {

#include "Vector.hpp"
//
#include "Math.hpp"
//
#include "Elementwise.hpp"
//
#include "Reductions.hpp"
//
#include "Softmax.hpp"
//
#include "Moving.hpp"
//
#include "Conversions.hpp"
//
#include "Normalisation.hpp"
//
#include "GroupNormalisation.hpp"
//
#include "Gates.hpp"
//
#include "KernelWarp.hpp"
//
#include "NarrowWarp.hpp"
//
#include "WarpEntry.hpp"
//
#include "FlowWarp.hpp"
//
#include "Splat.hpp"
//
#include "EdgeSample.hpp"
//
#include "Layers.hpp"
//
#include "Rollout.hpp"
//
#include "Updates.hpp"
//
#include "PolynomialFlow.hpp"
//
#include "Medians.hpp"

extern const Table table = {
#define AX_KERNEL(name, parameters, arguments) name,
#include "../Dispatch/KernelList.hpp"
#undef AX_KERNEL
};

}  // namespace AX_NAMESPACE
}  // namespace ax
