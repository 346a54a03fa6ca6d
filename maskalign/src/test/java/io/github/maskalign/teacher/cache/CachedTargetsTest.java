package io.github.maskalign.teacher.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.MaskAlign;
import io.github.maskalign.Masking;
import io.github.maskalign.Targets;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.LevelWeights;
import io.github.maskalign.config.MaskKind;
import io.github.maskalign.config.TargetNorm;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.Batch;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.HangingPictures;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.train.TeacherTargets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CachedTargetsTest {

  @TempDir private Path folder;
  private final CacheFixture fixture = new CacheFixture(1);

  @AfterEach
  void close() {
    fixture.close();
  }

  private CachedTargets open(TeacherTargets direct, StoredType type) {
    return open(direct, fixture.augmentation, type);
  }

  private CachedTargets open(TeacherTargets direct, Augmentation augmentation, StoredType type) {
    CachedTargets.Place place = new CachedTargets.Place(folder, type);
    return CachedTargets.open(fixture.scope, direct, fixture.images, augmentation, place);
  }

  private static CachedTargets.Filled fill(CachedTargets targets) {
    return targets.fill(CacheFixture.CROPS, () -> false, (_, _) -> {});
  }

  private List<Batch> batches(int epochs) {
    BatchSampler order = BatchSampler.shuffled(CacheFixture.PICTURES, 23, 9);
    List<Batch> batches = new ArrayList<>();
    try (DataLoader loader =
        DataLoader.start(
            fixture.images, fixture.augmentation, order, 0, epochs * order.perEpoch())) {
      loader.forEachRemaining(batch -> batches.add(batch.copy()));
    }
    return batches;
  }

  private static Stream<Arguments> everyKind() {
    return Stream.of(TargetNorm.values())
        .filter(TargetNorm::perToken)
        .flatMap(norm -> Stream.of(StoredType.values()).map(type -> Arguments.of(norm, type)));
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void whatComesOutIsWhatTheTeacherSaysButForRounding(TargetNorm norm, StoredType type) {
    TeacherTargets direct = fixture.direct(fixture.spy(), CacheFixture.BASE.withTargetNorm(norm));
    MaskAlign model = fixture.model(direct.teacher(), direct.plan().config());
    Masking masking = new Masking(MaskKind.ATTENTIVE, 4);
    try (CachedTargets cached = open(direct, type)) {
      fill(cached);
      for (Batch batch : batches(3)) {
        try (Scope step = fixture.scope.child("step")) {
          Eager ops = step.eager();
          Tensor pixels = batch.images(ops);
          Targets expected = direct.targets(ops, batch, pixels);
          Targets found = cached.targets(ops, batch, pixels);
          assertArrayEquals(expected.importance(), found.importance());
          long[] samples = Arrays.stream(batch.samples()).asLongStream().toArray();
          int[] visible = model.visible(masking, found, batch.number(), samples);
          assertArrayEquals(model.visible(masking, expected, batch.number(), samples), visible);
          assertClose(
              model.forward(ops, pixels, expected, visible, null).targets(),
              model.forward(ops, pixels, found, visible, null).targets(),
              type);
        }
      }
    }
  }

  /** Half a unit in the last place, or of the smallest number. */
  private static void assertClose(List<Tensor> expected, List<Tensor> found, StoredType type) {
    double relative =
        switch (type) {
          case F16 -> 0x1p-11;
          case BF16 -> 0x1p-8;
          case F32 -> 0;
        };
    assertEquals(expected.size(), found.size());
    for (int level = 0; level < expected.size(); level++) {
      assertEquals(expected.get(level).shape(), found.get(level).shape());
      double[] values = expected.get(level).toDoubles();
      double[] rounded = found.get(level).toDoubles();
      for (int i = 0; i < values.length; i++) {
        double bound = relative * Math.max(Math.abs(values[i]), 0x1p-14);
        assertTrue(Math.abs(values[i] - rounded[i]) <= bound, values[i] + " became " + rounded[i]);
      }
    }
  }

  @Test
  void theTeacherLooksOnceAndThenOnlyProvesThatItIsTheSame() {
    CacheFixture.Spy teacher = fixture.spy();
    TeacherTargets direct = fixture.direct(teacher, CacheFixture.BASE);
    try (CachedTargets first = open(direct, StoredType.F16)) {
      assertEquals(new CachedTargets.Filled(0, 140, true), fill(first));
    }
    assertEquals(6, teacher.looks);
    try (CachedTargets second = open(direct, StoredType.F16)) {
      assertEquals(new CachedTargets.Filled(140, 0, true), fill(second));
      assertEquals(7, teacher.looks);
      Batch batch = batches(1).getFirst();
      second.targets(fixture.scope.eager(), batch, batch.images(fixture.scope.eager()));
    }
    assertEquals(7, teacher.looks);
  }

  @Test
  void cropsThatNoEpochShowsAreNotMade() {
    try (CachedTargets targets = open(fixture.direct(), StoredType.F16)) {
      assertEquals(
          new CachedTargets.Filled(0, 70, true), targets.fill(1, () -> false, (_, _) -> {}));
    }
  }

  @Test
  @Timeout(60)
  void aStopWhileReadingHangsKeepsWhatWasComputed() {
    HangingPictures pictures = new HangingPictures(fixture.images, CacheFixture.PICTURES - 1);
    CachedTargets.Place place = new CachedTargets.Place(folder, StoredType.F16);
    try (CachedTargets targets =
        CachedTargets.open(
            fixture.scope, fixture.direct(), pictures, fixture.augmentation, place)) {
      long[] made = {0};
      int[] asked = {0};
      BooleanSupplier whileWaiting =
          () -> {
            boolean stop = made[0] == 64 && asked[0]++ > 1;
            if (stop) {
              pictures.release(); // Only lets the loader close at once.
            }
            return stop;
          };
      assertEquals(
          new CachedTargets.Filled(0, 64, false),
          targets.fill(1, whileWaiting, (crops, _) -> made[0] = crops));
      assertEquals(
          new CachedTargets.Filled(64, 6, true), targets.fill(1, () -> false, (_, _) -> {}));
    }
  }

  @Test
  void theFileDoesNotDependOnThreadsOrOnHowItCameAbout() throws IOException {
    Path file;
    try (CachedTargets whole = open(fixture.direct(), StoredType.F16)) {
      fill(whole);
      file = whole.path();
    }
    byte[] expected = Files.readAllBytes(file);
    Files.delete(file);

    Augmentation one = new Augmentation(fixture.augmentation.transform(), 5, 1);
    try (CachedTargets first = open(fixture.direct(), one, StoredType.F16)) {
      assertEquals(file, first.path());
      long[] made = {0};
      CachedTargets.Filled stopped =
          first.fill(9, () -> made[0] > 0, (crops, _) -> made[0] = crops);
      assertEquals(new CachedTargets.Filled(0, 32, false), stopped);
    }
    try (CacheFixture threads = new CacheFixture(2);
        CachedTargets second =
            CachedTargets.open(
                threads.scope,
                threads.direct(),
                threads.images,
                threads.augmentation,
                new CachedTargets.Place(folder, StoredType.F16))) {
      assertEquals(new CachedTargets.Filled(32, 108, true), fill(second));
    }
    assertArrayEquals(expected, Files.readAllBytes(file));
  }

  @Test
  void everyPartOfTheKeyHasAFileOfItsOwn() {
    AlignmentConfig base = CacheFixture.BASE;
    Set<Path> paths = new TreeSet<>();
    CacheFixture.Spy otherInput = fixture.spy();
    otherInput.input = "bilinear";
    List<TeacherTargets> directs =
        List.of(
            fixture.direct(),
            fixture.direct(otherInput, base),
            fixture.direct(fixture.spy("cd", 2, 1), base),
            fixture.direct(fixture.spy(), base.withLevelWeights(new LevelWeights.Top(1))),
            fixture.direct(fixture.spy(), base.withTargetNorm(TargetNorm.L2)),
            fixture.direct(fixture.spy(), base.withMask(MaskKind.RANDOM, 0.7)));
    for (TeacherTargets direct : directs) {
      paths.add(pathOf(direct, fixture.augmentation, StoredType.F16));
    }
    TeacherTargets direct = directs.getFirst();
    paths.add(pathOf(direct, fixture.augmentation, StoredType.BF16));
    Augmentation otherCrops = new Augmentation(CacheFixture.crop(0.4), 5, 2);
    paths.add(pathOf(direct, otherCrops, StoredType.F16));
    Augmentation otherSeed = new Augmentation(fixture.augmentation.transform(), 6, 2);
    paths.add(pathOf(direct, otherSeed, StoredType.F16));
    try (CachedTargets otherPictures =
        CachedTargets.open(
            fixture.scope,
            direct,
            CacheFixture.pictures(2),
            fixture.augmentation,
            new CachedTargets.Place(folder, StoredType.F16))) {
      paths.add(otherPictures.path());
    }
    try (CacheFixture bf16 = new CacheFixture(1, Precision.BF16);
        CachedTargets otherNumbers =
            CachedTargets.open(
                bf16.scope,
                bf16.direct(),
                fixture.images,
                fixture.augmentation,
                new CachedTargets.Place(folder, StoredType.F16))) {
      paths.add(otherNumbers.path());
    }
    assertEquals(11, paths.size());
    // Settings that records do not depend on do not change the file.
    paths.add(
        pathOf(
            fixture.direct(fixture.spy(), base.withMask(MaskKind.ATTENTIVE, 0.5)),
            new Augmentation(fixture.augmentation.transform(), 5, 7),
            StoredType.F16));
    assertEquals(11, paths.size());
  }

  private Path pathOf(TeacherTargets direct, Augmentation augmentation, StoredType type) {
    try (CachedTargets targets = open(direct, augmentation, type)) {
      return targets.path();
    }
  }

  @Test
  void normsOverTheBatchAreRefused() {
    TeacherTargets direct =
        fixture.direct(fixture.spy(), CacheFixture.BASE.withTargetNorm(TargetNorm.BN));
    String message =
        assertThrows(ArgumentException.class, () -> open(direct, StoredType.F16)).getMessage();
    assertTrue(message.contains("norm bn"), message);
  }

  @Test
  void valuesThatTheTypeDoesNotHoldAreRefused() {
    TeacherTargets direct =
        fixture.direct(
            fixture.spy("ab", 2, 1e6), CacheFixture.BASE.withTargetNorm(TargetNorm.NONE));
    try (CachedTargets targets = open(direct, StoredType.F16)) {
      String message = assertThrows(ArgumentException.class, () -> fill(targets)).getMessage();
      assertTrue(message.contains("level 1 of sample 0"), message);
      assertTrue(message.contains("use bf16"), message);
    }
    try (CachedTargets targets = open(direct, StoredType.BF16)) {
      assertTrue(fill(targets).complete());
    }
  }
}
