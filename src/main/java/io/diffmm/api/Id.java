package io.diffmm.api;

import io.diffmm.interactions.InteractionRules;
import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// An id of a user or item: an opaque text of 1 to 256 characters.
@NotBlank
@Size(min = 1, max = Id.LONGEST)
@Constraint(validatedBy = {})
@Target({ElementType.PARAMETER, ElementType.TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
@interface Id {

    /// In characters.
    int LONGEST = InteractionRules.LONGEST_ID;

    String message() default "must be an id";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};
}
