package io.diffmm.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/// The engine, loaded once and made fit for several threads. Whoever needs it asks here.
public final class PyTorch {

    private static final Engine ENGINE = load();

    private PyTorch() {}

    /// The engine.
    public static Engine engine() {
        return ENGINE;
    }

    private static Engine load() {
        Engine engine = Engine.getEngine("PyTorch");
        try (NDManager manager = engine.newBaseManager(Device.cpu())) {
            callVectorMathematics(manager.ones(new Shape(1)));
        }
        return engine;
    }

    /// Calls each of the functions that the library's vector mathematics computes for us, on this thread alone.
    ///
    /// It looks for the code that suits the processor when it is first called. Where two threads do that at
    /// once, as when they share the first `tanh` of a process, one of them may compute with code of lesser
    /// accuracy: seen in one of some 150 processes, with errors up to 4e-5 in half of the values.
    private static void callVectorMathematics(NDArray value) {
        value.tanh();
        value.exp();
        value.log();
        value.sqrt();
    }
}
