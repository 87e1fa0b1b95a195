package io.diffmm.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import io.diffmm.engine.PyTorch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Device to compute on; `auto` selects the first GPU, or the CPU if there is none.
public sealed interface DeviceChoice {

    /// The first GPU, or the CPU where there is none.
    record Auto() implements DeviceChoice {}

    /// The CPU.
    record Cpu() implements DeviceChoice {}

    /// One GPU by its number.
    record Gpu(int number) implements DeviceChoice {}

    /// Parses `auto`, `cpu`, `gpu` or `gpu:N`.
    ///
    /// @throws IllegalArgumentException for any other text
    static DeviceChoice parse(String text) {
        Matcher gpu = Pattern.compile("gpu(?::(\\d{1,3}))?").matcher(text);
        if (gpu.matches()) {
            return new Gpu(gpu.group(1) == null ? 0 : Integer.parseInt(gpu.group(1)));
        }
        return switch (text) {
            case "auto" -> new Auto();
            case "cpu" -> new Cpu();
            default ->
                throw new IllegalArgumentException("device '%s' is none of auto, cpu, gpu, gpu:N".formatted(text));
        };
    }

    /// Returns a new manager of arrays on this device, to be closed by the caller.
    ///
    /// @throws IllegalArgumentException if there is no such GPU
    default NDManager newManager() {
        Engine engine = PyTorch.engine();
        int gpus = engine.getGpuCount();
        Device device = switch (this) {
            case Auto _ -> gpus > 0 ? Device.gpu() : Device.cpu();
            case Cpu _ -> Device.cpu();
            case Gpu(int number) -> {
                if (number >= gpus) {
                    throw new IllegalArgumentException(
                            "device gpu:%d does not exist; this machine has %d usable GPUs".formatted(number, gpus));
                }
                yield Device.gpu(number);
            }
        };
        return engine.newBaseManager(device);
    }

    /// Returns a device in the notation of [#parse]: `cpu` or `gpu:N`.
    static String describe(Device device) {
        return device.isGpu() ? "gpu:" + device.getDeviceId() : "cpu";
    }
}
