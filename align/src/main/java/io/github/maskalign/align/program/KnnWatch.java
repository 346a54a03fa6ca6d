package io.github.maskalign.align.program;

import io.github.maskalign.align.data.Pictures;
import io.github.maskalign.align.data.Transform;
import io.github.maskalign.align.eval.FeatureExtractor;
import io.github.maskalign.align.eval.KNearest;
import io.github.maskalign.align.eval.LinearProbe;
import io.github.maskalign.align.teacher.InputAdapter;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViT;
import org.jspecify.annotations.Nullable;

/**
 * Judges networks by k-NN on labelled pictures.
 *
 * @param gallery among which neighbours are looked for
 * @param queries whose classes are looked for
 * @param transform makes a student's input
 */
record KnnWatch(Pictures gallery, Pictures queries, Transform transform) {

  private static final int BATCH = 100;

  /** The sets that the settings name; null if none. */
  static @Nullable KnnWatch of(PretrainData settings, Pictures learnt, Transform transform) {
    if (settings.evalData() == null) {
      return null;
    }
    Pictures queries = PictureSource.labelled("--eval-data", settings.evalData());
    Pictures gallery;
    if (settings.evalGallery() != null) {
      gallery = PictureSource.labelled("--eval-gallery", settings.evalGallery());
    } else if (learnt.hasLabels() && !settings.evalData().equals(settings.data())) {
      gallery = learnt;
    } else {
      Pictures all = queries;
      gallery = everySecond(all, 0);
      queries = everySecond(all, 1);
    }
    return new KnnWatch(
        PictureSource.atMost(gallery, settings.evalPictures()),
        PictureSource.atMost(queries, settings.evalPictures()),
        transform);
  }

  private static Pictures everySecond(Pictures all, int first) {
    int[] samples = new int[(all.size() - first + 1) / 2];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = first + 2 * i;
    }
    return all.select(samples);
  }

  /** Percentage of the queries whose class is found by 20 neighbours. */
  double score(Scope scope, ViT network, InputAdapter adapter) {
    FeatureExtractor extractor = extractor(scope, network, adapter);
    return 100
        * KNearest.standard()
            .accuracy(scope.backend(), extractor.extract(gallery), extractor.extract(queries));
  }

  /** Percentage of the queries whose class a linear classifier of the gallery's features finds. */
  double probe(Scope scope, ViT network, long seed) {
    FeatureExtractor extractor = extractor(scope, network, InputAdapter.none());
    return 100
        * LinearProbe.standard(seed)
            .accuracy(scope.backend(), extractor.extract(gallery), extractor.extract(queries));
  }

  private FeatureExtractor extractor(Scope scope, ViT network, InputAdapter adapter) {
    return new FeatureExtractor(scope, network, adapter, transform, BATCH);
  }
}
