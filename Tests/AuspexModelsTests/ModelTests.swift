import Testing

/// All tests of models, one after another: the engine's threads are already as many as there are processors.
@Suite(.serialized) struct ModelTests {}
