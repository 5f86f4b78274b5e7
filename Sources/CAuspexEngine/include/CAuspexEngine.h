// All arithmetic of the program: the kernels that are compiled once for each instruction set, and the convolutions, matrix products and
// pooling over oneDNN and our own loops. One team of threads and one choice of instruction set serve both.
#pragma once
#include "Kernels.h"
#include "Convolutions.h"
