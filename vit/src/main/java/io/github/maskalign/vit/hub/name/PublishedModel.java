package io.github.maskalign.vit.hub.name;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Published networks that have short names here.
 *
 * @since 0.1.0
 */
public enum PublishedModel {
  /** CLIP ViT-B/16. */
  CLIP_B16("openai/clip-vit-base-patch16"),
  /** CLIP ViT-L/14. */
  CLIP_L14("openai/clip-vit-large-patch14"),
  /** DINO ViT-B/16. */
  DINO_B16("facebook/dino-vitb16"),
  /** DINOv2 ViT-S/14. */
  DINOV2_S14("facebook/dinov2-small"),
  /** DINOv2 ViT-B/14. */
  DINOV2_B14("facebook/dinov2-base"),
  /** DINOv2 ViT-L/14. */
  DINOV2_L14("facebook/dinov2-large"),
  /** DINOv2 ViT-B/14 with registers. */
  DINOV2_B14_REG("facebook/dinov2-with-registers-base"),
  /** SigLIP ViT-B/16. */
  SIGLIP_B16("google/siglip-base-patch16-224"),
  /** SigLIP 2 ViT-B/16. */
  SIGLIP2_B16("google/siglip2-base-patch16-224"),
  /** DINOv3 ViT-S/16. */
  DINOV3_S16("facebook/dinov3-vits16-pretrain-lvd1689m"),
  /** DINOv3 ViT-B/16. */
  DINOV3_B16("facebook/dinov3-vitb16-pretrain-lvd1689m"),
  /** DINOv3 ViT-L/16. */
  DINOV3_L16("facebook/dinov3-vitl16-pretrain-lvd1689m");

  private final RepositoryId repository;

  PublishedModel(String repository) {
    this.repository = new RepositoryId(repository);
  }

  /** The network of a short name, such as {@code clip_b16}; empty if there is none. */
  public static Optional<PublishedModel> find(String word) {
    String name = word.replace('-', '_');
    return Arrays.stream(values()).filter(it -> it.name().equalsIgnoreCase(name)).findFirst();
  }

  /** The short names and repositories of all. */
  public static List<String> names() {
    return Arrays.stream(values())
        .flatMap(it -> Stream.of(it.word(), it.repository.name()))
        .toList();
  }

  /** The short name. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Where it is published. */
  public RepositoryId repository() {
    return repository;
  }
}
