// The loops, compiled once an instruction set. Standard headers come first: what they define must not be compiled for a processor that
// this one may not be, because the linker keeps one copy of each inline function and chooses freely.
#include "InstructionSets.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "Kernels.h"
#include "Pieces.hpp"
#include "Team.hpp"

#define AX_NAMESPACE baseline
#define AX_WIDTH 4
#include "../Loops/All.hpp"
#undef AX_NAMESPACE
#undef AX_WIDTH

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2,lzcnt,popcnt,f16c"))), apply_to = function)
#define AX_NAMESPACE avx2
#define AX_WIDTH 8
#include "../Loops/All.hpp"
#undef AX_NAMESPACE
#undef AX_WIDTH
#pragma clang attribute pop

#pragma clang attribute push(                                                                                   \
    __attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,fma,bmi,bmi2,lzcnt,popcnt,f16c"))), \
    apply_to = function)
#define AX_NAMESPACE avx512
#define AX_WIDTH 16
#include "../Loops/All.hpp"
#undef AX_NAMESPACE
#undef AX_WIDTH
#pragma clang attribute pop
#endif
