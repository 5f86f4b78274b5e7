import AuspexTraining

extension TrainingConfiguration: ConfigurationDocumented {
    public static var fieldDocumentation: [String: String] {
        [
            "steps": "Generator steps.",
            "batch": "Clips of a micro-batch: what batch norm sees and memory holds.",
            "accumulation":
                "Micro-batches whose mean loss makes one update. Batch norm still sees each micro-batch by itself.",
            "discriminatorSteps": "Discriminator updates before each generator update, each on a fresh batch.",
            "generatorLearningRate": "Adam's learning rate for the generator.",
            "discriminatorLearningRate": "Adam's learning rate for the discriminators.",
            "beta1": "Adam's decay of the mean gradient.",
            "beta2": "Adam's decay of the mean squared gradient.",
            "epsilon": "Added to the root in Adam's denominator.",
            "warmUpSteps": "Steps over which the learning rates rise from zero.",
            "decay": "How the learning rates go down from the end of the warm-up to the last step.",
            "gradientClipping":
                "The largest norm that all gradients of a network together may have; null does not limit.",
            "pixelLoss": "A loss on pixels in [-1, 1] beside the discriminators'.",
            "pixelWeight": "The weight of the pixel loss in the generator's loss.",
            "adversarialWeight": "The weight of the discriminators in the generator's loss; 0 trains none.",
            "orthogonalPenalty":
                "The weight of the orthogonal penalty on the generator's weights; 0 adds none, DVD-GAN publishes 1e-4.",
            "initialModel":
                "The run whose trained generator this one begins with: RUN, RUN@best, RUN@STEP or pretrained; null begins with new weights.",
            "blend":
                "In validation, prediction and evaluation, blend the model with copy-last and flow by how well each would have predicted the end of the context. Training is not affected.",
            "averaging": "Averaged weights, which evaluation uses.",
            "standingStatisticsBatches":
                "Seeded batches over which batch norm's statistics are recomputed with the averaged weights.",
            "validationInterval": "Steps between validations; 0 never validates.",
            "validationClips": "Held-out clips used in each validation, always the same ones.",
            "validationSelect":
                "What chooses the checkpoint that RUN means: last, or the best on held-out clips by psnr, ssim, lpips, fvd or kvd; null takes last if there is no pixel loss, else psnr.",
            "checkpointInterval": "Steps between checkpoints.",
            "checkpointMinutes":
                "Minutes after which a checkpoint is written in any case; 0 uses checkpointInterval only.",
            "keepCheckpoints": "Checkpoints by step that are kept beside last and best.",
            "sampleInterval": "Steps between sample strips; 0 makes none.",
            "logInterval": "Steps between lines of the log.",
            "phases":
                "The updates of a step as a list of network, loss, optimizer, schedule, repeats, batch, from and until, for training that the shorthand above cannot describe: see docs/train.md.",
            "seed": "What every random draw of the run follows from.",
            "precision": "What activations are stored as: float32, until bfloat16 has kernels.",
            "checkpointActivations":
                "Compute every block's activations again on the way back instead of keeping them: less memory, more time, the same bits.",
        ]
    }
}

extension TrainingConfiguration.Averaging: ConfigurationDocumented {
    public static var fieldDocumentation: [String: String] {
        [
            "decay":
                "The share of the average that a generator step keeps; at step t at most (1 + t)/(10 + t), so that short runs are not judged by their initial weights.",
            "halfLifeClips":
                "Instead of decay: the number of training clips after which half of the average is new; with the same limit at the start.",
            "startStep": "Up to this step the average equals the weights.",
        ]
    }
}

extension PhaseConfiguration: ConfigurationDefaulted, ConfigurationDocumented {
    public static var fieldDocumentation: [String: String] {
        [
            "network": "Which network is updated.",
            "loss": "What is minimised, for example [{name: hinge, weight: 0.1}, {name: l1, weight: 100}].",
            "optimizer": "How its weights are moved.",
            "schedule": "How the learning rate goes over the phase.",
            "repeats": "Updates in a step.",
            "batch": "Fresh clips for each update, or those of the update before.",
            "from": "The first step, counted from 0.",
            "until": "The step before which the phase ends; null for the run's last.",
        ]
    }
}

extension LossTerm: ConfigurationDefaulted {}
