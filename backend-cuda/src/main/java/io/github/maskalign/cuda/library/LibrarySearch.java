package io.github.maskalign.cuda.library;

import io.github.maskalign.cuda.library.SearchResult.Loaded;
import io.github.maskalign.cuda.library.SearchResult.Missing;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds and loads the libraries of a release, so that libraries that need them find them by name.
 * Searches, in order: the system property {@value #PROPERTY}, CUDA_HOME and CUDA_PATH, a bytedeco
 * redistribution on the class path, the system loader, the standard install folders, Python
 * packages.
 */
public final class LibrarySearch {

  /** System property: folders to search first, separated as in a search path. */
  public static final String PROPERTY = "maskalign.cuda.libraries";

  private final CudaRelease release;
  private final HostEnvironment machine;
  private final Loader loader;
  private final SearchPaths paths;
  private final RedistJar redist;
  private final Map<CudaLibrary, SearchResult> results = new EnumMap<>(CudaLibrary.class);

  /** A search of this machine. */
  public LibrarySearch(CudaRelease release) {
    this(release, HostEnvironment.current(), new ProcessLoader(), UserCache.folder());
  }

  LibrarySearch(CudaRelease release, HostEnvironment machine, Loader loader, Path cache) {
    this.release = release;
    this.machine = machine;
    this.loader = loader;
    this.paths = new SearchPaths(machine, release);
    this.redist = new RedistJar(machine.classes(), machine.platform(), cache.resolve("libraries"));
  }

  /** The release whose libraries are searched. */
  public CudaRelease release() {
    return release;
  }

  /** Loads a library, or reports where it was searched; repeated calls return the first result. */
  public synchronized SearchResult load(CudaLibrary library) {
    @Nullable SearchResult known = results.get(library);
    if (known != null) {
      return known;
    }
    SearchResult result = search(library);
    results.put(library, result);
    return result;
  }

  /** The results so far. */
  public synchronized List<SearchResult> results() {
    return List.copyOf(results.values());
  }

  private SearchResult search(CudaLibrary library) {
    List<String> names = library.fileNames(release, machine.windows());
    List<String> searched = new ArrayList<>();
    @Nullable String property = machine.property().apply(PROPERTY);
    @Nullable Loaded found = inFolders(library, "-D" + PROPERTY, paths.listed(property), searched);
    for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
      if (found == null) {
        String value = machine.environment().apply(variable);
        found = inFolders(library, variable, paths.listed(value), searched);
      }
    }
    if (found == null) {
      found = onClassPath(library, searched);
    }
    if (found == null) {
      found = bySystem(library, names, searched);
    }
    if (found == null) {
      found = inFolders(library, "the standard folders", paths.standard(), searched);
    }
    if (found == null) {
      found = inFolders(library, "Python nvidia packages", paths.python(), searched);
    }
    return found != null
        ? found
        : new Missing(library, names.getFirst(), List.copyOf(searched), remedy(library));
  }

  private @Nullable Loaded inFolders(
      CudaLibrary library, String place, List<Path> folders, List<String> searched) {
    if (folders.isEmpty()) {
      searched.add(place + " (none)");
      return null;
    }
    searched.add(place + " (" + folders.getFirst() + (folders.size() > 1 ? ", ...)" : ")"));
    for (Path folder : folders) {
      for (String name : library.fileNames(release, machine.windows())) {
        Path file = folder.resolve(name);
        if (Files.isRegularFile(file) && loads(file, searched)) {
          return new Loaded(library, file.toString(), place);
        }
      }
    }
    return null;
  }

  private @Nullable Loaded onClassPath(CudaLibrary library, List<String> searched) {
    String place = "bytedeco jars on the class path";
    searched.add(place);
    for (String name : library.fileNames(release, machine.windows())) {
      try {
        Optional<Path> file = redist.unpack(name);
        if (file.isPresent() && loads(file.get(), searched)) {
          return new Loaded(library, file.get().toString(), place);
        }
      } catch (IOException e) {
        searched.add(name + " in a jar, which failed to unpack: " + e.getMessage());
      }
    }
    return null;
  }

  private @Nullable Loaded bySystem(
      CudaLibrary library, List<String> names, List<String> searched) {
    String place = "the system loader";
    searched.add(place);
    for (String name : names) {
      if (loader.loadByName(name)) {
        return new Loaded(library, name, place);
      }
    }
    return null;
  }

  private boolean loads(Path file, List<String> searched) {
    Optional<String> refusal = loader.load(file.toAbsolutePath());
    refusal.ifPresent(reason -> searched.add(file + ", which failed to load: " + reason));
    return refusal.isEmpty();
  }

  private String remedy(CudaLibrary library) {
    if (library == CudaLibrary.DRIVER) {
      return "install NVIDIA driver 525 or newer";
    }
    return "add the Maven dependencies %s, install a CUDA %d toolkit, or set -D%s to its folder"
        .formatted(release.artifacts(machine.platform()), release.major(), PROPERTY);
  }

  /** Loads libraries; tests substitute a loader that only records the calls. */
  interface Loader {

    /** Loads a file; returns the error, or empty. */
    Optional<String> load(Path file);

    /** Loads a library by name through the system loader; returns whether it was found. */
    boolean loadByName(String name);
  }

  /** Loads into this process until it ends. */
  private static final class ProcessLoader implements Loader {

    @Override
    public Optional<String> load(Path file) {
      try {
        System.load(file.toString());
        return Optional.empty();
      } catch (UnsatisfiedLinkError e) {
        return Optional.of(String.valueOf(e.getMessage()));
      }
    }

    @Override
    public boolean loadByName(String name) {
      try {
        SymbolLookup.libraryLookup(name, Arena.global());
        return true;
      } catch (IllegalArgumentException absent) {
        return false;
      }
    }
  }
}
