package io.diffmm.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// A TorchScript program of this jar (`torchscript/*.pt`, written by `src/main/torchscript/scripts.py`).
///
/// One call runs many operations, which spares the 10 microseconds that each would cost on its way through JNI, and
/// reaches operations that DJL does not have: products in bfloat16 and int8.
///
/// Memory: belongs to the manager it is loaded into. A program keeps the arrays that it is given for later alive by
/// itself, whatever becomes of their handles in Java. Methods that keep what they are given
/// (`prepare` and its like) are for one thread; the others may run on several at once.
public final class EngineScript implements AutoCloseable {

    private static final String WHERE = "/torchscript/";

    private final PtSymbolBlock module;

    private EngineScript(PtSymbolBlock module) {
        this.module = module;
    }

    /// Loads a program onto the manager's device.
    ///
    /// @param name its file, without `.pt`
    public static EngineScript load(String name, NDManager manager) {
        String resource = WHERE + name + ".pt";
        try (InputStream program = EngineScript.class.getResourceAsStream(resource)) {
            if (program == null) {
                throw new IllegalArgumentException("there is no program %s in this jar".formatted(resource));
            }
            PtSymbolBlock module = JniUtils.loadModule((PtNDManager) manager, program, true, false);
            JniUtils.enableInferenceMode(module);
            return new EngineScript(module);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Runs a method that gives one array.
    ///
    /// @param method its name
    /// @param manager receives the result
    public NDArray call(String method, NDManager manager, NDArray... arguments) {
        try (IValue result = run(method, arguments)) {
            return result.toTensor((PtNDManager) manager);
        }
    }

    /// Runs a method that gives several arrays.
    ///
    /// @param method its name
    /// @param manager receives the results
    public NDList callForList(String method, NDManager manager, NDArray... arguments) {
        try (IValue result = run(method, arguments)) {
            return new NDList(result.toTensorArray((PtNDManager) manager));
        }
    }

    private IValue run(String method, NDArray... arguments) {
        List<IValue> values = new ArrayList<>(arguments.length);
        try {
            for (NDArray argument : arguments) {
                values.add(IValue.from((PtNDArray) argument));
            }
            return IValueUtils.runMethod(module, method, values.toArray(IValue[]::new));
        } finally {
            values.forEach(IValue::close);
        }
    }

    @Override
    public void close() {
        module.close();
    }
}
