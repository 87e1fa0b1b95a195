package io.diffmm.recommendation;

import jakarta.validation.constraints.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// Where the model computes.
///
/// @param device `auto` (a GPU if there is one, else the CPU), `cpu`, `gpu`, or `gpu:N` for the GPU numbered N
@Validated
@ConfigurationProperties("diffmm")
record DeviceProperties(
        @DefaultValue("auto")
        @Pattern(regexp = "auto|cpu|gpu|gpu:\\d{1,3}", message = "must be auto, cpu, gpu or gpu:N")
        String device) {}
