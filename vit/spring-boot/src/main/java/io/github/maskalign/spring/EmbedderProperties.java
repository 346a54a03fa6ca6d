package io.github.maskalign.spring;

import io.github.maskalign.vit.embed.EmbedderOptions;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the properties below {@code maskalign.embedder} say of embeddings; those of its model are
 * {@link ModelSettings}.
 *
 * @param output the tokens that an embedding is made of
 * @param unitLength whether embeddings are scaled to unit length
 * @param merge similar tokens to merge in each block
 * @since 0.1.0
 */
@ConfigurationProperties(MaskAlignProperties.PREFIX + ".embedder")
public record EmbedderProperties(
    @DefaultValue("pooled") EmbedderOptions.Output output,
    @DefaultValue("true") boolean unitLength,
    @DefaultValue("0") int merge) {

  /** Checks the number; Spring Boot names the property that it is bound from. */
  public EmbedderProperties {
    ModelSettings.require(merge >= 0, "merge is %d, must be 0 or more", merge);
  }
}
