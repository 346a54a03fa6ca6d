package io.github.maskalign.cli.models;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.hub.name.ModelReference;
import io.github.maskalign.vit.hub.name.PublishedModel;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Models as arguments of commands that take no paths. */
final class ModelArgument {

  static final String DESCRIPTION =
      "Model on the Hub: ORG/NAME or ORG/NAME@REVISION, with or without hf: before it, or a short"
          + " name such as clip_b16.";

  private ModelArgument() {}

  static ModelReference parse(CommandSpec spec, String text) {
    try {
      return PublishedModel.find(text)
          .map(model -> ModelReference.of(model.repository()))
          .orElseGet(() -> ModelReference.parse(text).orElseGet(() -> ModelReference.ofName(text)));
    } catch (ArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
