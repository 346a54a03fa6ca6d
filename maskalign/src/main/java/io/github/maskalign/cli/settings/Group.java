package io.github.maskalign.cli.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A component of a settings record that is itself a record of settings; its names are not prefixed.
 *
 * @since 0.1.0
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Group {

  /** The heading of these settings in the help. */
  String heading();

  /** Defaults that override those of the record, as {@code name=value}. */
  String[] defaults() default {};

  /** Descriptions of defaults that override those of the record, as {@code name=text}. */
  String[] defaultTexts() default {};
}
