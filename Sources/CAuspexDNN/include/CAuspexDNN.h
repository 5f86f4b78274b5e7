#pragma once
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
int ax_dnn_version(void);
#ifdef __cplusplus
}
#endif
