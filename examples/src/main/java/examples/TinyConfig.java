package examples;

import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.AlignmentOrder;
import io.github.maskalign.config.Fusion;
import io.github.maskalign.config.HeadKind;
import io.github.maskalign.config.LevelWeights;
import io.github.maskalign.config.LossKind;
import io.github.maskalign.config.MaskKind;
import io.github.maskalign.config.TargetNorm;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.Transform;
import io.github.maskalign.teacher.cache.CachedTargets;
import io.github.maskalign.teacher.cache.StoredType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What decides the outcome of a {@link PretrainTiny} run, as its folder keeps it. */
public record TinyConfig(
    long seed,
    int epochs,
    int batch,
    int accumulate,
    double lr,
    double warmup,
    double weightDecay,
    double dropPath,
    double cropScale,
    String mask,
    double maskRatio,
    String fusion,
    String head,
    String order,
    String targetNorm,
    String loss,
    String levels,
    int teacherCache,
    String teacherCacheType) {

  /**
   * The choices of the method.
   *
   * @throws IllegalArgumentException if a word is not known
   */
  AlignmentConfig alignment() {
    return AlignmentConfig.released()
        .withMask(MaskKind.parse(mask), maskRatio)
        .withFusion(Fusion.parse(fusion))
        .withHead(HeadKind.parse(head))
        .withOrder(AlignmentOrder.parse(order))
        .withTargetNorm(TargetNorm.parse(targetNorm))
        .withLoss(LossKind.parse(loss))
        .withLevelWeights(LevelWeights.parse(levels));
  }

  /**
   * The pictures as each epoch shows them.
   *
   * @param transform what is done to a picture
   */
  Augmentation augmentation(Transform transform) {
    return teacherCache == 0
        ? Augmentation.unlimited(transform, seed)
        : new Augmentation(transform, seed, teacherCache);
  }

  /**
   * Refuses a cache of what cannot be kept.
   *
   * @throws IllegalArgumentException with the reason
   */
  void requireCacheable() {
    StoredType.parse(teacherCacheType);
    if (teacherCache < 0) {
      throw new IllegalArgumentException(
          "--teacher-cache: " + teacherCache + " crops a picture; give 1 or more, or 0 for none");
    }
    if (teacherCache > 0) {
      CachedTargets.requireCacheable(alignment());
    }
  }

  /**
   * Refuses to go on with a run that was started otherwise.
   *
   * @throws IllegalArgumentException naming what differs
   */
  void requireSameAs(TinyConfig started) {
    List<String> differences = new ArrayList<>();
    for (RecordComponent component : TinyConfig.class.getRecordComponents()) {
      Object now = value(component, this);
      Object then = value(component, started);
      if (!Objects.equals(now, then)) {
        differences.add("%s is %s, was %s".formatted(component.getName(), now, then));
      }
    }
    if (!differences.isEmpty()) {
      throw new IllegalArgumentException(
          "--resume: the run was started with other settings: " + String.join("; ", differences));
    }
  }

  private static Object value(RecordComponent component, TinyConfig config) {
    try {
      return component.getAccessor().invoke(config);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
