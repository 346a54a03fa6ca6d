package io.github.maskalign.spring;

import io.github.maskalign.vit.embed.BatchListener;
import io.github.maskalign.vit.embed.Classifier;
import io.github.maskalign.vit.embed.ClassifierOptions;
import io.github.maskalign.vit.embed.Clip;
import io.github.maskalign.vit.embed.ClipOptions;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.embed.Execution;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * An {@link Embedder}, a {@link Classifier} and a {@link Clip}, each if the application names its
 * model and has no such bean of its own. Spring closes them.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@EnableConfigurationProperties({MaskAlignProperties.class, EmbedderProperties.class})
public class MaskAlignAutoConfiguration {

  private static final String EMBEDDER = "embedder";
  private static final String CLASSIFIER = "classifier";
  private static final String CLIP = "clip";

  private static final String EMBEDDER_BEAN = "maskalignEmbedder";
  private static final String CLASSIFIER_BEAN = "maskalignClassifier";
  private static final String CLIP_BEAN = "maskalignClip";

  private static final Map<String, String> BEANS =
      Map.of(EMBEDDER_BEAN, EMBEDDER, CLASSIFIER_BEAN, CLASSIFIER, CLIP_BEAN, CLIP);

  /** For Spring. */
  public MaskAlignAutoConfiguration() {}

  /** Images to embeddings. */
  @Bean(EMBEDDER_BEAN)
  @ConditionalOnProperty(MaskAlignProperties.PREFIX + ".embedder.model")
  @ConditionalOnMissingBean
  Embedder embedder(
      MaskAlignProperties properties,
      EmbedderProperties output,
      ObjectProvider<BatchMeters> meters) {
    ModelSettings settings = properties.embedder();
    EmbedderOptions options =
        EmbedderOptions.defaults()
            .withOutput(output.output())
            .withUnitLength(output.unitLength())
            .withMerge(output.merge())
            .withBatching(settings.maxBatch(), settings.maxDelay())
            .withListener(listener(meters, EMBEDDER))
            .withExecution(execution(settings));
    return load(EMBEDDER, settings, model -> Embedder.load(model, options));
  }

  /** Images to classes. */
  @Bean(CLASSIFIER_BEAN)
  @ConditionalOnProperty(MaskAlignProperties.PREFIX + ".classifier.model")
  @ConditionalOnMissingBean
  Classifier classifier(MaskAlignProperties properties, ObjectProvider<BatchMeters> meters) {
    ModelSettings settings = properties.classifier();
    ClassifierOptions options =
        ClassifierOptions.defaults()
            .withBatching(settings.maxBatch(), settings.maxDelay())
            .withListener(listener(meters, CLASSIFIER))
            .withExecution(execution(settings));
    return load(CLASSIFIER, settings, model -> Classifier.load(model, options));
  }

  /** Images and texts to embeddings in one space. */
  @Bean(CLIP_BEAN)
  @ConditionalOnProperty(MaskAlignProperties.PREFIX + ".clip.model")
  @ConditionalOnMissingBean
  Clip clip(MaskAlignProperties properties, ObjectProvider<BatchMeters> meters) {
    ModelSettings settings = properties.clip();
    ClipOptions options =
        ClipOptions.defaults()
            .withBatching(settings.maxBatch(), settings.maxDelay())
            .withListener(listener(meters, CLIP))
            .withExecution(execution(settings));
    return load(CLIP, settings, model -> Clip.load(model, options));
  }

  private static <T> T load(String kind, ModelSettings settings, Function<String, T> loader) {
    String model = Objects.requireNonNull(settings.model());
    try {
      return loader.apply(model);
    } catch (RuntimeException e) {
      throw new ModelNotLoadedException(MaskAlignProperties.PREFIX + "." + kind, model, e);
    }
  }

  private static BatchListener listener(ObjectProvider<BatchMeters> meters, String kind) {
    BatchMeters found = meters.getIfAvailable();
    return found == null ? BatchListener.NONE : found.listener(kind);
  }

  private static Execution execution(ModelSettings settings) {
    Execution execution =
        Execution.defaults()
            .withBackend(settings.backend())
            .withPrecision(settings.precision())
            .withDevice(settings.device());
    return settings.threads() == 0 ? execution : execution.withThreads(settings.threads());
  }

  /** Whether a bean is lazy belongs to its definition, which exists before properties are bound. */
  @Bean
  static BeanFactoryPostProcessor maskalignLazyModels(Environment environment) {
    return factory ->
        BEANS.forEach(
            (bean, kind) -> {
              String property = "%s.%s.lazy".formatted(MaskAlignProperties.PREFIX, kind);
              if (factory.containsBeanDefinition(bean)
                  && environment.getProperty(property, Boolean.class, false)) {
                factory.getBeanDefinition(bean).setLazyInit(true);
              }
            });
  }
}
