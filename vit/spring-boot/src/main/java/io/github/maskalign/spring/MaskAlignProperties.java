package io.github.maskalign.spring;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The models of the properties that begin with {@code maskalign}.
 *
 * @param embedder images to embeddings; see also {@link EmbedderProperties}
 * @param classifier images to classes
 * @param clip images and texts to embeddings in one space
 * @since 0.1.0
 */
@ConfigurationProperties(MaskAlignProperties.PREFIX)
public record MaskAlignProperties(
    @NestedConfigurationProperty @DefaultValue ModelSettings embedder,
    @NestedConfigurationProperty @DefaultValue ModelSettings classifier,
    @NestedConfigurationProperty @DefaultValue ModelSettings clip) {

  static final String PREFIX = "maskalign";
}
