package io.github.maskalign.cuda.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.maskalign.cuda.library.SearchResult.Loaded;
import io.github.maskalign.cuda.library.SearchResult.Missing;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibrarySearchTest {

  private static final String NAME = "libcublas.so.12";

  @TempDir Path machine;

  private final Map<String, String> properties = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();
  private final List<Path> broken = new ArrayList<>();
  private boolean knownToSystem;

  private LibrarySearch search(ClassLoader classes) {
    HostEnvironment staged =
        new HostEnvironment(
            properties::get, environment::get, machine.resolve("root"), classes, false, false);
    LibrarySearch.Loader loader =
        new LibrarySearch.Loader() {
          @Override
          public Optional<String> load(Path file) {
            return broken.contains(file) ? Optional.of("it is broken") : Optional.empty();
          }

          @Override
          public boolean loadByName(String name) {
            return knownToSystem && name.equals(NAME);
          }
        };
    return new LibrarySearch(CudaRelease.CUDA_12, staged, loader, machine.resolve("cache"));
  }

  private Path put(String folder) throws IOException {
    Path file = machine.resolve(folder).resolve(NAME);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "library");
  }

  private URLClassLoader jar() throws IOException {
    Path jar = machine.resolve("cuda-redist.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      zip.putNextEntry(new ZipEntry("org/bytedeco/cuda/linux-x86_64/" + NAME));
      zip.write("from the jar".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      zip.closeEntry();
    }
    return new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
  }

  private Loaded found(ClassLoader classes) {
    return assertInstanceOf(Loaded.class, search(classes).load(CudaLibrary.CUBLAS));
  }

  @Test
  void placesAreSearchedInOrder() throws IOException {
    properties.put("user.home", machine.resolve("home").toString());
    ClassLoader nothing = new URLClassLoader(new URL[0], null);

    Path python = put("home/.local/lib/python3.12/site-packages/nvidia/cublas/lib");
    assertEquals(python.toString(), found(nothing).file());
    Path usual = put("root/usr/local/cuda-12.4/lib64");
    assertEquals(usual.toString(), found(nothing).file());
    knownToSystem = true;
    assertEquals(new Loaded(CudaLibrary.CUBLAS, NAME, "the system loader"), found(nothing));
    try (URLClassLoader jar = jar()) {
      Loaded unpacked = found(jar);
      assertEquals("bytedeco jars on the class path", unpacked.place());
      assertEquals("from the jar", Files.readString(Path.of(unpacked.file())));
      Path path = put("path/bin");
      environment.put("CUDA_PATH", machine.resolve("path").toString());
      assertEquals(path.toString(), found(jar).file());
      Path home = put("toolkit/targets/x86_64-linux/lib");
      environment.put("CUDA_HOME", machine.resolve("toolkit").toString());
      assertEquals(home.toString(), found(jar).file());
      Path chosen = put("chosen");
      properties.put(
          LibrarySearch.PROPERTY, machine.resolve("none") + ":" + machine.resolve("chosen"));
      assertEquals(chosen.toString(), found(jar).file());
      assertEquals("-Dmaskalign.cuda.libraries", found(jar).place());
    }
  }

  @Test
  void aJarIsUnpackedAgainIfTheFileIsTruncated() throws IOException {
    try (URLClassLoader jar = jar()) {
      Path file = Path.of(found(jar).file());
      Files.writeString(file, "same length!");
      assertEquals("same length!", Files.readString(Path.of(found(jar).file())));
      Files.writeString(file, "cut");
      assertEquals("from the jar", Files.readString(Path.of(found(jar).file())));
    }
  }

  @Test
  void aJarIsNotUnpackedWhereOthersCanWrite() throws IOException {
    assumeTrue(machine.getFileSystem().supportedFileAttributeViews().contains("unix"));
    try (URLClassLoader jar = jar()) {
      Files.writeString(Path.of(found(jar).file()), "other bytes!");
      Files.setPosixFilePermissions(
          machine.resolve("cache"), PosixFilePermissions.fromString("rwxrwxrwx"));
      Missing missing = assertInstanceOf(Missing.class, search(jar).load(CudaLibrary.CUBLAS));
      assertTrue(missing.toString().contains("other users can replace files in"));
    }
  }

  @Test
  void aFileThatFailsToLoadIsReported() throws IOException {
    broken.add(put("root/usr/local/cuda/lib64"));
    ClassLoader nothing = new URLClassLoader(new URL[0], null);
    Missing missing = assertInstanceOf(Missing.class, search(nothing).load(CudaLibrary.CUBLAS));
    assertTrue(missing.toString().startsWith("no cuBLAS: libcublas.so.12 not found in "));
    assertTrue(missing.toString().contains("which failed to load: it is broken"));
    assertTrue(missing.toString().contains(CudaRelease.CUDA_12.artifacts("linux-x86_64")));
    Path other = put("root/opt/cuda/lib64");
    assertEquals(other.toString(), found(nothing).file());
  }

  @Test
  void othersForCuda13AndArm() throws IOException {
    Path file = machine.resolve("root/usr/local/cuda-13.1/targets/sbsa-linux/lib/libnvrtc.so.13");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "library");
    put("root/usr/local/cuda-12.9/lib64");
    LibrarySearch search =
        new LibrarySearch(
            CudaRelease.CUDA_13,
            new HostEnvironment(
                properties::get,
                environment::get,
                machine.resolve("root"),
                new URLClassLoader(new URL[0], null),
                false,
                true),
            new LibrarySearch.Loader() {
              @Override
              public Optional<String> load(Path any) {
                return Optional.empty();
              }

              @Override
              public boolean loadByName(String name) {
                return false;
              }
            },
            machine.resolve("cache"));
    Loaded found = assertInstanceOf(Loaded.class, search.load(CudaLibrary.NVRTC));
    assertEquals(file.toString(), found.file());
    Missing missing = assertInstanceOf(Missing.class, search.load(CudaLibrary.CUBLAS));
    assertEquals("libcublas.so.13", missing.file());
    assertTrue(missing.toString().contains("cuda-redist:13.1-9.19-1.5.13:linux-arm64"));
  }

  @Test
  void resultsAreCached() throws IOException {
    put("root/opt/cuda/lib64");
    LibrarySearch search = search(new URLClassLoader(new URL[0], null));
    SearchResult first = search.load(CudaLibrary.CUBLAS);
    assertSame(first, search.load(CudaLibrary.CUBLAS));
    assertEquals(List.of(first), search.results());
  }
}
