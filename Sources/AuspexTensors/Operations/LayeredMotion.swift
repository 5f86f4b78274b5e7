import AuspexSupport
import CAuspexEngine

/// How badly each of some displacements explains the second of two images by the first:
/// `out[n, p, k] = min(limit, mean over channels of |second[n](p) − first[n](p − dₖ)|)`, bilinear, edges repeated. No gradient passes.
///
/// - Parameters:
///   - first: `[N, H, W, C]`, float32.
///   - second: of the same shape.
///   - displacements: (dy, dx) in pixels, from the first to the second.
///   - limit: the largest cost of a displacement.
/// - Returns: `[N, H, W, K]`, one channel per displacement.
public func costVolume(
    from first: Tensor, to second: Tensor, displacements: [(dy: Float, dx: Float)], limit: Float
) -> Tensor {
    require(
        first.rank == 4 && first.shape == second.shape && first.count > 0 && !displacements.isEmpty, "costVolume",
        "two equal shapes [N, H, W, C] and displacements wanted: \(first.shape), \(second.shape), \(displacements.count, "displacement")"
    )
    let (images, height, width, channels) = (first.shape[0], first.shape[1], first.shape[2], first.shape[3])
    let numbers = displacements.flatMap { [$0.dy, $0.dx] }
    return Tensor([images, height, width, displacements.count]) { out in
        withFloats(first, second) {
            ax_cost_volume(out, $0, $1, numbers, displacements.count, limit, images, height, width, channels)
        }
    }
}

/// Composes a splat of weighted layers with a background that shows through where they leave gaps; also returns the layers' opacity.
///
/// With S the splat, whose last channels are its weight w and its coverage a:
/// `opacity = min(1, a) · w / (w + 10⁻³)`, `out = opacity · S / (w + 10⁻³) + (1 − opacity) · background`.
///
/// - Parameters:
///   - splat: of (values · weight, weight, coverage), `[…, C + 2]`, float32; weight and coverage from 0 up.
///   - background: `[…, C]`.
/// - Returns: the composed image `[…, C]`, and the opacity `[…, 1]` off the tape.
/// - Source: normalised splatting by importance, Niklaus and Liu 2020, arXiv:2003.05534, equation 6.
public func composed(splat: Tensor, over background: Tensor) -> (image: Tensor, opacity: Tensor) {
    let channels = background.shape.last ?? 0
    require(
        channels > 0 && splat.shape == background.shape.dropLast() + [channels + 2], "composed",
        "a splat [..., C + 2] and a background [..., C] wanted: \(splat.shape), \(background.shape)")
    let pixels = background.count / channels
    let opacity = Tensor(uninitialized: background.shape.dropLast() + [1])
    let image = Tensor(background.shape) { out in
        withFloats(splat, background) { splat, background in
            opacity.withScratch { ax_composite_forward(out, $0, splat, background, pixels, channels) }
        }
    }
    let (wantsSplat, wantsBackground) = (splat.isTracked, background.isTracked)
    let saved = (splat: splat.detached(), background: background.detached())
    let recorded = image.recorded("composed", from: splat, background) { upstream in
        let atSplat = wantsSplat ? Tensor(uninitialized: saved.splat.shape) : nil
        let atBackground = wantsBackground ? Tensor(uninitialized: saved.background.shape) : nil
        withExtendedLifetime((atSplat, atBackground)) {
            withFloats(upstream, saved.splat, saved.background) {
                ax_composite_backward(
                    atSplat?.floatPointer, atBackground?.floatPointer, $0, $1, $2, pixels, channels)
            }
        }
        return [atSplat, atBackground]
    }
    return (recorded, opacity)
}

/// Images mixed pixel by pixel: `out[n, p] = Σₜ shares[n, p, t] · frames[n, t, p] + shares[n, p, T] · last[n, p]`.
///
/// - Parameters:
///   - frames: `[N, T, H, W, C]`, float32; T may be 0.
///   - last: `[N, H, W, C]`.
///   - shares: `[N, H, W, T + 1]`.
/// - Returns: `[N, H, W, C]`.
public func mixed(_ frames: Tensor, _ last: Tensor, shares: Tensor) -> Tensor {
    require(
        last.rank == 4 && frames.rank == 5 && frames.shape[0] == last.shape[0]
            && frames.shape.suffix(3) == last.shape.suffix(3)
            && shares.shape == last.shape.dropLast() + [frames.shape[1] + 1], "mixed",
        "frames [N, T, H, W, C], a last one [N, H, W, C] and shares [N, H, W, T + 1] wanted: \(frames.shape), \(last.shape), \(shares.shape)"
    )
    let (images, times, channels) = (last.shape[0], frames.shape[1], last.shape[3])
    let pixels = last.shape[1] * last.shape[2]
    let output = Tensor(last.shape) { out in
        withFloats(frames, last, shares) { ax_mix_forward(out, $0, $1, $2, images, times, pixels, channels) }
    }
    let inputs = [frames, last, shares]
    let kept = inputs.map { $0.detached() }
    let wanted = inputs.map(\.isTracked)
    return output.recorded("mixed", from: inputs) { upstream in
        let gradients = zip(kept, wanted).map { $1 ? Tensor(uninitialized: $0.shape) : nil }
        withExtendedLifetime(gradients) {
            withFloats(upstream, kept[0], kept[1], kept[2]) {
                ax_mix_backward(
                    gradients[0]?.floatPointer, gradients[1]?.floatPointer, gradients[2]?.floatPointer, $0, $1, $2, $3,
                    images, times, pixels, channels)
            }
        }
        return gradients
    }
}

/// Fills holes from increasingly coarse averages of the known pixels.
///
/// Pull: `w' = avg(w)` over blocks of 2×2, `x' = avg(w x) / (w' + 10⁻⁴)`, and a block counts as known if a quarter of it is: `w ← min(1, 4 w')`;
/// until a side is odd, or after `levels`. Push: from the coarsest on, `x ← w x + (1 − w) · (coarser x, enlarged bilinearly)`.
///
/// - Parameters:
///   - x: `[N, H, W, C]`, float32.
///   - known: w, how far a pixel is known, from 0 to 1: `[N, H, W, 1]`.
/// - Returns: `[N, H, W, C]`.
/// - Source: Gortler et al. 1996, "The Lumigraph", section 3.4.
public func holesFilled(_ x: Tensor, known: Tensor, levels: Int = 5) -> Tensor {
    require(
        x.rank == 4 && known.shape == x.shape.dropLast() + [1], "holesFilled",
        "images [N, H, W, C] and one number a pixel wanted: \(x.shape), \(known.shape)")
    guard levels > 0, x.shape[1] % 2 == 0, x.shape[2] % 2 == 0 else { return x }
    let coarse = averagePooled(known, size: 2)
    let pulled = averagePooled(x * known, size: 2) / (coarse + 1e-4)
    let filled = holesFilled(pulled, known: clamped(coarse * 4, most: 1), levels: levels - 1)
    let enlarged = upsampledBilinear(filled)
    return enlarged + known * (x - enlarged)
}

/// The median along an axis; of an even count the lower middle one; NaN if there is one. No gradient passes.
///
/// - Returns: the shape without the axis.
public func median(_ x: Tensor, along axis: Int) -> Tensor {
    let axis = x.shape.axis(axis, of: "median")
    let count = x.shape[axis]
    require(count > 0, "median", "of no numbers: shape \(x.shape)")
    let (outer, inner) = (x.shape[..<axis].reduce(1, *), x.shape[(axis + 1)...].reduce(1, *))
    var shape = x.shape
    shape.remove(at: axis)
    let scratch = Tensor(uninitialized: [count])
    return Tensor(shape) { out in
        withFloats(x) { x in scratch.withScratch { ax_medians(out, x, outer, count, inner, $0) } }
    }
}
