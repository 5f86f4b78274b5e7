import AuspexTensors

/// The discriminators' hinge loss, `mean ρ(1 − D(real)) + mean ρ(1 + D(predicted))`, over scores `[B]` each.
///
/// Source: Lim and Ye 2017, arXiv:1705.02894.
public func discriminatorHingeLoss(real: Tensor, predicted: Tensor) -> Tensor {
    mean(relu(1 - real)) + mean(relu(1 + predicted))
}

/// The generator's side of the hinge loss, `−mean D(predicted)`, over scores `[B]`.
public func generatorHingeLoss(predicted: Tensor) -> Tensor { -mean(predicted) }
