package io.github.maskalign.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** What Spring Boot prints, in place of stack traces, if a model cannot be loaded at start. */
final class ModelNotLoadedAnalyzer extends AbstractFailureAnalyzer<ModelNotLoadedException> {

  @Override
  protected FailureAnalysis analyze(Throwable all, ModelNotLoadedException found) {
    return new FailureAnalysis(
        found.getMessage(),
        "Correct the property or the model's files. Without the property no model is loaded. A lazy"
            + " model (lazy=true) is loaded when a bean first asks its ObjectProvider for it.",
        all);
  }
}
