package io.github.maskalign.teacher.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.StateException;
import io.github.maskalign.train.TeacherTargets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to a file, the records read from it equal the teacher's output. */
class DamagedCacheTest {

  private static final int HEAD = 4096;

  @TempDir private Path folder;
  private final CacheFixture fixture = new CacheFixture(1);
  private final TeacherTargets direct = fixture.direct();
  private Path file;
  private byte[] sound;

  @BeforeEach
  void create() throws IOException {
    try (CachedTargets targets = open(FileChannel::write)) {
      fill(targets);
      file = targets.path();
    }
    sound = Files.readAllBytes(file);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private CachedTargets open(CacheFile.Output output) {
    return CachedTargets.open(
        fixture.scope,
        direct,
        fixture.images,
        fixture.augmentation,
        new CachedTargets.Place(folder, StoredType.F16),
        output);
  }

  private static CachedTargets.Filled fill(CachedTargets targets) {
    return targets.fill(CacheFixture.CROPS, () -> false, (_, _) -> {});
  }

  /** Fills the damaged file and compares it with an intact one. */
  private long repaired() throws IOException {
    try (CachedTargets targets = open(FileChannel::write)) {
      long made = fill(targets).made();
      assertArrayEquals(sound, Files.readAllBytes(file));
      return made;
    }
  }

  private int recordBytes() {
    return (sound.length - HEAD) / (CacheFixture.CROPS * CacheFixture.PICTURES);
  }

  @Test
  void aDamagedByteIsNoticedAndItsChunkMadeAnew() throws IOException {
    for (int at : new int[] {HEAD, HEAD + 5, HEAD + 200, sound.length - 9}) {
      byte[] damaged = sound.clone();
      damaged[at] ^= 0x10;
      Files.write(file, damaged);
      assertEquals(at < sound.length / 2 ? 32 : 6, repaired(), "byte " + at);
    }
  }

  @Test
  void aFileCutOffAnywhereIsFilledUp() throws IOException {
    int[] lengths = {HEAD, HEAD + 1, HEAD + 35 * recordBytes(), sound.length - 1};
    int[] missing = {140, 140, 140 - 32, 6};
    for (int i = 0; i < lengths.length; i++) {
      Files.write(file, Arrays.copyOf(sound, lengths[i]));
      assertEquals(missing[i], repaired(), "length " + lengths[i]);
    }
  }

  @Test
  void holesAndRecordsAtWrongPlacesAreMadeAnew() throws IOException {
    byte[] damaged = sound.clone();
    Arrays.fill(damaged, HEAD, HEAD + recordBytes(), (byte) 0);
    int to = HEAD + 40 * recordBytes();
    System.arraycopy(sound, HEAD + 41 * recordBytes(), damaged, to, recordBytes());
    Files.write(file, damaged);
    assertEquals(64, repaired());
  }

  @Test
  void aRecordDamagedWhileInUseIsNotUsed() throws IOException {
    byte[] damaged = sound.clone();
    damaged[HEAD + 3 * recordBytes() + 100] ^= 1;
    Files.write(file, damaged);
    Eager ops = fixture.scope.eager();
    float[] pixels = new float[3 * 8 * 8];
    try (CachedTargets targets = open(FileChannel::write)) {
      for (int sample : new int[] {2, 4}) {
        Batch batch = new Batch(0, 0, pixels, new int[] {sample}, null, 3, 8, 8);
        assertEquals(16, targets.targets(ops, batch, batch.images(ops)).importance().length);
      }
      Batch batch = new Batch(0, 0, pixels, new int[] {3}, null, 3, 8, 8);
      String message =
          assertThrows(FormatException.class, () -> targets.targets(ops, batch, batch.images(ops)))
              .getMessage();
      assertTrue(message.contains("record 3 is damaged"), message);
    }
  }

  @Test
  void aMissingRecordIsNotUsed() {
    Augmentation more = new Augmentation(fixture.augmentation.transform(), 5, 3);
    Eager ops = fixture.scope.eager();
    Batch third = new Batch(9, 2, new float[3 * 8 * 8], new int[] {1}, null, 3, 8, 8);
    try (CachedTargets targets =
        CachedTargets.open(
            fixture.scope,
            direct,
            fixture.images,
            more,
            new CachedTargets.Place(folder, StoredType.F16))) {
      String message =
          assertThrows(FormatException.class, () -> targets.targets(ops, third, third.images(ops)))
              .getMessage();
      assertTrue(message.contains("record 141 is missing"), message);
    }
  }

  @Test
  void anotherKeysFileIsRefusedAndWhatDiffersNamed() throws IOException {
    Augmentation other = new Augmentation(CacheFixture.crop(0.4), 6, CacheFixture.CROPS);
    CachedTargets.Place place = new CachedTargets.Place(folder, StoredType.F16);
    Path otherFile;
    try (CachedTargets targets =
        CachedTargets.open(fixture.scope, direct, fixture.images, other, place)) {
      otherFile = targets.path();
    }
    Files.copy(file, otherFile, StandardCopyOption.REPLACE_EXISTING);
    String message =
        assertThrows(
                FormatException.class,
                () -> CachedTargets.open(fixture.scope, direct, fixture.images, other, place))
            .getMessage();
    assertTrue(message.contains("seed is 5, this run requires 6"), message);
    assertTrue(message.contains("scale 0.5 to 1.0"), message);
    assertTrue(message.contains("scale 0.4 to 1.0"), message);
    assertFalse(message.contains("levels"), message);
    assertArrayEquals(sound, Files.readAllBytes(otherFile));
  }

  @Test
  void whatIsNoCacheIsRefusedAndLeftAlone() throws IOException {
    byte[] noHead = sound.clone();
    noHead[3] ^= 1;
    for (byte[] content : new byte[][] {noHead, {}, "a letter".getBytes(), new byte[9999]}) {
      Files.write(file, content);
      String message =
          assertThrows(FormatException.class, () -> open(FileChannel::write)).getMessage();
      assertTrue(message.contains("is not a teacher cache"), message);
      assertArrayEquals(content, Files.readAllBytes(file));
    }
  }

  @Test
  void aTeacherThatSaysSomethingElseIsRefused() throws IOException {
    TeacherTargets changed = fixture.direct(fixture.spy("ab", 3, 1), CacheFixture.BASE);
    try (CachedTargets targets =
        CachedTargets.open(
            fixture.scope,
            changed,
            fixture.images,
            fixture.augmentation,
            new CachedTargets.Place(folder, StoredType.F16))) {
      String message = assertThrows(FormatException.class, () -> fill(targets)).getMessage();
      assertTrue(message.contains("has changed"), message);
    }
    assertArrayEquals(sound, Files.readAllBytes(file));
  }

  /** A disk that takes some bytes and no more. */
  private static CacheFile.Output disk(int room) {
    int[] left = {room};
    return (channel, from, at) -> {
      if (left[0] == 0) {
        throw new IOException("No space left on device");
      }
      int part = Math.min(left[0], Math.min(from.remaining(), 1000));
      ByteBuffer piece = from.slice(from.position(), part);
      from.position(from.position() + part);
      left[0] -= part;
      return channel.write(piece, at);
    };
  }

  @Test
  void aFullDiskIsAnErrorAfterWhichFillingGoesOn() throws IOException {
    Files.delete(file);
    try (CachedTargets targets = open(disk(40 * recordBytes() + 17))) {
      String message =
          assertThrows(UncheckedIOException.class, () -> fill(targets)).getCause().getMessage();
      assertTrue(message.contains("No space left on device; free space"), message);
    }
    assertEquals(140 - 32, repaired());
  }

  @Test
  void onlyOneFillsAtATime() throws IOException {
    Files.delete(file);
    try (CachedTargets one = open(FileChannel::write);
        CachedTargets other = open(FileChannel::write)) {
      one.fill(
          1,
          () -> false,
          (_, _) -> {
            String message = assertThrows(StateException.class, () -> fill(other)).getMessage();
            String process = "is in use by process " + ProcessHandle.current().pid() + " on host ";
            assertTrue(message.contains(process), message);
          });
      assertTrue(fill(other).complete());
    }
    assertArrayEquals(sound, Files.readAllBytes(file));
  }
}
