#include "CAuspexDNN.h"
#include <dnnl.hpp>
int ax_dnn_version(void) { return dnnl_version()->major * 100 + dnnl_version()->minor; }
