package io.github.maskalign.cuda.library;

import io.github.maskalign.cuda.library.Located.Loaded;
import io.github.maskalign.cuda.library.Located.Missing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds a library and loads it; whoever needs it later by its name, as JCuda's native libraries do,
 * gets the one that is loaded. The first place that has a file which loads wins: the system
 * property {@value #PROPERTY}, CUDA_HOME and CUDA_PATH, a bytedeco redistribution on the class
 * path, the system's loader, the usual folders, Python's packages.
 */
public final class LibrarySearch {

  /** Folders to look into first, separated like a search path. */
  public static final String PROPERTY = "maskalign.cuda.libraries";

  private final Surroundings machine;
  private final Loader loader;
  private final Places places;
  private final RedistJar redist;
  private final Map<CudaLibrary, Located> answers = new EnumMap<>(CudaLibrary.class);

  /** A search of this machine. */
  public LibrarySearch() {
    this(Surroundings.present(), new SystemLoader(), UserCache.folder());
  }

  LibrarySearch(Surroundings machine, Loader loader, Path cache) {
    this.machine = machine;
    this.loader = loader;
    this.places = new Places(machine);
    this.redist = new RedistJar(machine.classes(), machine.platform(), cache.resolve("libraries"));
  }

  /** Loads a library, or says where it was looked for; the second call answers as the first. */
  public synchronized Located load(CudaLibrary library) {
    @Nullable Located known = answers.get(library);
    if (known != null) {
      return known;
    }
    Located answer = search(library);
    answers.put(library, answer);
    return answer;
  }

  /** What has been answered so far. */
  public synchronized List<Located> answers() {
    return List.copyOf(answers.values());
  }

  private Located search(CudaLibrary library) {
    List<String> names = library.fileNames(machine.windows());
    List<String> looked = new ArrayList<>();
    @Nullable String property = machine.property().apply(PROPERTY);
    @Nullable Loaded found = inFolders(library, "-D" + PROPERTY, places.named(property), looked);
    for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
      if (found == null) {
        String value = machine.environment().apply(variable);
        found = inFolders(library, variable, places.named(value), looked);
      }
    }
    if (found == null) {
      found = onClassPath(library, looked);
    }
    if (found == null) {
      found = bySystem(library, names, looked);
    }
    if (found == null) {
      found = inFolders(library, "the usual folders", places.usual(), looked);
    }
    if (found == null) {
      found = inFolders(library, "Python's nvidia packages", places.python(), looked);
    }
    return found != null
        ? found
        : new Missing(library, names.getFirst(), List.copyOf(looked), remedy(library));
  }

  private @Nullable Loaded inFolders(
      CudaLibrary library, String place, List<Path> folders, List<String> looked) {
    if (folders.isEmpty()) {
      looked.add(place + " (none)");
      return null;
    }
    looked.add(place + " (" + folders.getFirst() + (folders.size() > 1 ? ", ...)" : ")"));
    for (Path folder : folders) {
      for (String name : library.fileNames(machine.windows())) {
        Path file = folder.resolve(name);
        if (Files.isRegularFile(file) && loads(file, looked)) {
          return new Loaded(library, file.toString(), place);
        }
      }
    }
    return null;
  }

  private @Nullable Loaded onClassPath(CudaLibrary library, List<String> looked) {
    String place = "bytedeco's jars on the class path";
    looked.add(place);
    for (String name : library.fileNames(machine.windows())) {
      try {
        Optional<Path> file = redist.unpack(name);
        if (file.isPresent() && loads(file.get(), looked)) {
          return new Loaded(library, file.get().toString(), place);
        }
      } catch (IOException e) {
        looked.add(name + " in a jar, which could not be unpacked: " + e.getMessage());
      }
    }
    return null;
  }

  private @Nullable Loaded bySystem(CudaLibrary library, List<String> names, List<String> looked) {
    String place = "the system's loader";
    looked.add(place);
    for (String name : names) {
      if (loader.loadByName(name)) {
        return new Loaded(library, name, place);
      }
    }
    return null;
  }

  private boolean loads(Path file, List<String> looked) {
    Optional<String> refusal = loader.load(file.toAbsolutePath());
    refusal.ifPresent(reason -> looked.add(file + " which does not load: " + reason));
    return refusal.isEmpty();
  }

  private String remedy(CudaLibrary library) {
    if (library == CudaLibrary.DRIVER) {
      return "install NVIDIA's driver, 525 or newer";
    }
    return "add the Maven dependency "
        + CudaLibrary.COORDINATE.formatted(machine.platform())
        + " (2 GB), install a CUDA 12 toolkit, or name its folder by -D"
        + PROPERTY;
  }

  /** Loads files; tests have another that only notes them. */
  interface Loader {

    /** Empty if the file is loaded now, or why not. */
    Optional<String> load(Path file);

    /** Whether the system's own loader knew a library of this name and loaded it. */
    boolean loadByName(String name);
  }
}
