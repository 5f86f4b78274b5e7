/// Configurations built into the program under a name. `experiments/` holds the same as files.
public enum Presets {
    /// The names: small models of each kind first, then those worth using, then the published ones.
    public static let names = [
        "tiny", "trivd-tiny", "conv-gru-mse-tiny", "simvp-tiny", "demo", "small-64", "bair-64", "kinetics600-64",
        "ucf101-128",
    ]

    /// What a preset lays over the defaults.
    static let yaml = [
        "tiny": """
        # Small motion layers, to try things out: in half a minute of one core they predict moving shapes better than optical flow does.
        model:
          name: motion-layers
          widths: [8, 32, 48, 64]
          headChannels: 24
          rolloutWidths: [48, 32]
        training:
          steps: 500
          batch: 8
          phases:
            - network: generator
              # For pixels in [−1, 1]; half of it is the weight for pixels in [0, 1], relative to which the model's own losses are weighted.
              loss: [{name: l1, weight: 0.5}]
              optimizer:
                name: muon
                learningRate: 0.02
                momentum: 0.95
                weightDecay: 0.01
                adamLearningRate: 0.003
                adamWeightDecay: 0.0001
                beta1: 0.9
                beta2: 0.99
                gradientClipping: 1
              schedule: {name: cosine, warmUpSteps: 50}
          averaging:
            decay: 0.99
          standingStatisticsBatches: 4
          validationInterval: 100
          validationClips: 16
          checkpointInterval: 100
          sampleInterval: 100

        """,
        "trivd-tiny": """
        # The smallest TrIVD-GAN that learns anything: it moves pixels instead of painting them.
        model:
          output: move
          startsStill: true
          unitNorm: true
          size: 32
          channels: 4
          predictedFrames: 5
        discriminators:
          preset: fast
        training:
          steps: 500
          batch: 4
          generatorLearningRate: 0.002
          beta1: 0.5
          adversarialWeight: 0.1
          pixelLoss: l1
          pixelWeight: 100
          averaging:
            decay: 0.99
          standingStatisticsBatches: 4
          validationInterval: 100
          validationClips: 16
          checkpointInterval: 100
          sampleInterval: 100

        """,
        "conv-gru-mse-tiny": """
        # The plain recurrent baseline at the size of trivd-tiny: no noise, no discriminators, the mean squared error.
        model:
          name: conv-gru-mse
          size: 32
          channels: 4
          predictedFrames: 5
        training:
          steps: 500
          batch: 4
          generatorLearningRate: 0.002
          beta1: 0.9
          adversarialWeight: 0
          pixelLoss: mse
          pixelWeight: 1
          averaging:
            decay: 0.99
          standingStatisticsBatches: 4
          validationInterval: 100
          validationClips: 16
          checkpointInterval: 100
          sampleInterval: 100

        """,
        "simvp-tiny": """
        # SimVP at the size of trivd-tiny: convolutions alone, the mean squared error. Source: Gao et al. 2022, arXiv:2206.05099.
        model:
          name: simvp
          size: 32
          predictedFrames: 5
          spatialChannels: 16
          temporalChannels: 64
          spatialBlocks: 2
          temporalBlocks: 3
        training:
          steps: 500
          batch: 4
          generatorLearningRate: 0.002
          beta1: 0.9
          decay: cosine
          adversarialWeight: 0
          pixelLoss: mse
          pixelWeight: 1
          averaging:
            decay: 0.99
          validationInterval: 100
          validationClips: 16
          checkpointInterval: 100
          sampleInterval: 100

        """,
        "demo": """
        # What tools/demo trains: motion layers, in minutes on two cores. Where pixels go, what is in front, and what is behind is learned from the clips'
        # own futures; PSNR, SSIM and LPIPS rise above those of copying the last frame and of optical flow.
        model:
          name: motion-layers
        training:
          steps: 1500
          batch: 16
          phases:
            - network: generator
              # For pixels in [−1, 1]; half of it is the weight for pixels in [0, 1], relative to which the model's own losses are weighted.
              loss: [{name: l1, weight: 0.5}]
              optimizer:
                name: muon
                learningRate: 0.02
                momentum: 0.95
                weightDecay: 0.01
                adamLearningRate: 0.003
                adamWeightDecay: 0.0001
                beta1: 0.9
                beta2: 0.99
                gradientClipping: 1
              schedule: {name: cosine, warmUpSteps: 150}
          averaging:
            decay: 0.99
          standingStatisticsBatches: 8
          validationInterval: 200
          validationClips: 64
          checkpointInterval: 200
          sampleInterval: 500

        """,
        "small-64": """
        # Motion layers at 64×64 for your own footage, about an hour on two cores; the trained model predicts frames of any size. The recipe of the pretrained
        # model (pretrained.yaml) on one source.
        model:
          name: motion-layers
          size: 64
          flowWindow: 9
          costReach: 2
          motionSide: 96
        training:
          steps: 5000
          batch: 16
          phases:
            - network: generator
              loss: [{name: l1, weight: 0.5}]
              optimizer:
                name: muon
                learningRate: 0.02
                momentum: 0.95
                weightDecay: 0.01
                adamLearningRate: 0.003
                adamWeightDecay: 0.0001
                beta1: 0.9
                beta2: 0.99
                gradientClipping: 1
              schedule: {name: cosine, warmUpSteps: 250}
          averaging:
            decay: 0.995
          standingStatisticsBatches: 16
          validationInterval: 500
          validationClips: 64
          checkpointInterval: 250
          sampleInterval: 1000
        data:
          crop: random
          camera: 0.5
          augmentation:
            mirrored: 0.5

        """,
        "bair-64": """
        # BAIR robot pushing, 64×64, 1 → 15. Source: Luc et al. 2020, arXiv:2003.04035, section 4.
        model:
          # The paper is not clear about this: other readings say 48 or 120. Parameters of each: docs/train.md.
          channels: 96
          contextFrames: 1
          predictedFrames: 15
        training:
          steps: 500000
          batch: 16
          accumulation: 32
        data:
          source: bair/train
          validation: bair/test

        """,
        "kinetics600-64": """
        # Kinetics-600, 64×64, 5 → 11. Source: Luc et al. 2020, arXiv:2003.04035, section 4.
        model:
          # The paper is not clear about this: other readings say 48 or 120. Parameters of each: docs/train.md.
          channels: 96
        training:
          steps: 1000000
          batch: 16
          accumulation: 32
        data:
          source: kinetics600/train
          validation: kinetics600/test

        """,
        "ucf101-128": """
        # UCF-101, 128×128, 5 → 11. Source: Luc et al. 2020, arXiv:2003.04035, section 4.
        model:
          size: 128
          # The paper is not clear about this: other readings say 48 or 120. Parameters of each: docs/train.md.
          channels: 96
        training:
          steps: 500000
          batch: 8
          accumulation: 64
        data:
          source: ucf101/train
          validation: ucf101/test

        """,
    ]
}
