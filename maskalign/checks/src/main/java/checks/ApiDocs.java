package checks;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.SinceTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExportsTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Checks the documentation of exported packages: a package page describes its job, every type has
 * an {@code @since}, and everything that can be called or read is described in a sentence. Doclint
 * checks the last only together with a tag for each parameter, and the first two not at all.
 */
final class ApiDocs {

  private final Path root;
  private final Version version;
  private final List<String> problems = new ArrayList<>();

  private ApiDocs(Path root, Version version) {
    this.root = root;
    this.version = version;
  }

  /** Arguments: the root of the repository, the version of the project. */
  public static void main(String[] args) throws IOException {
    List<String> problems = problems(Path.of(args[0]).toRealPath(), args[1]);
    problems.forEach(System.err::println);
    if (!problems.isEmpty()) {
      System.exit(1);
    }
  }

  /** One line per problem in any module below a folder: file, line and what is missing. */
  static List<String> problems(Path root, String version) throws IOException {
    ApiDocs docs = new ApiDocs(root, Version.parse(version.replace("-SNAPSHOT", "")));
    for (Path module : Modules.below(root)) {
      Path sources = module.resolve("src/main/java");
      if (Files.exists(sources.resolve("module-info.java"))) {
        docs.module(sources);
      }
    }
    return docs.problems;
  }

  private void module(Path sources) throws IOException {
    for (Place file : parse(List.of(sources.resolve("module-info.java")))) {
      for (Tree directive : file.path().getCompilationUnit().getModule().getDirectives()) {
        if (directive instanceof ExportsTree exports && exports.getModuleNames() == null) {
          exported(sources.resolve(exports.getPackageName().toString().replace('.', '/')));
        }
      }
    }
  }

  private void exported(Path folder) throws IOException {
    Path page = folder.resolve("package-info.java");
    if (!Files.exists(page)) {
      problems.add(root.relativize(page) + ": missing; it describes the package's one job");
    }
    for (Place file : parse(sources(folder))) {
      CompilationUnitTree unit = file.path().getCompilationUnit();
      if (unit.getSourceFile().isNameCompatible("package-info", JavaFileObject.Kind.SOURCE)) {
        sentence(file.below(unit.getPackage()), "the package's one job");
      }
      for (Tree declared : unit.getTypeDecls()) {
        if (declared instanceof ClassTree type && isPublic(type.getModifiers())) {
          since(file.below(type));
          members(file.below(type), type);
        }
      }
    }
  }

  private void since(Place type) {
    List<String> found =
        type.comment().stream()
            .flatMap(comment -> comment.getBlockTags().stream())
            .filter(SinceTree.class::isInstance)
            .map(tag -> ((SinceTree) tag).getBody().getFirst().toString())
            .toList();
    if (found.size() != 1) {
      report(type, "needs one @since, for example the next version, " + version);
    } else if (Version.parse(found.getFirst()).compareTo(version) > 0) {
      report(type, "@since " + found.getFirst() + " is later than the project's " + version);
    }
  }

  private void members(Place place, ClassTree type) {
    sentence(place, "what it is");
    for (Tree member : type.getMembers()) {
      Place below = place.below(member);
      switch (member) {
        case ClassTree nested when isExposed(type, nested.getModifiers()) -> members(below, nested);
        case MethodTree method when isExposed(type, method.getModifiers()) && !overrides(method) ->
            sentence(below, method.getName() + ", with shapes and errors");
        case VariableTree field when isExposed(type, field.getModifiers()) ->
            sentence(below, field.getName() + ", with its unit");
        default -> {}
      }
    }
  }

  private void sentence(Place place, String about) {
    if (place.comment().isEmpty() || place.comment().get().getFullBody().isEmpty()) {
      report(place, "needs a sentence that describes " + about);
    }
  }

  private void report(Place place, String what) {
    Path file = Path.of(place.path().getCompilationUnit().getSourceFile().toUri());
    problems.add("%s:%d: %s".formatted(root.relativize(file), place.line(), what));
  }

  private static boolean isPublic(ModifiersTree modifiers) {
    return modifiers.getFlags().contains(Modifier.PUBLIC);
  }

  /** Whether a member of an exported type is public or protected; in an interface, implicitly. */
  private static boolean isExposed(ClassTree of, ModifiersTree modifiers) {
    Set<Modifier> flags = modifiers.getFlags();
    boolean isPublic =
        switch (of.getKind()) {
          case INTERFACE, ANNOTATION_TYPE -> !flags.contains(Modifier.PRIVATE);
          default -> flags.contains(Modifier.PUBLIC);
        };
    return isPublic || flags.contains(Modifier.PROTECTED);
  }

  /** Whether the method inherits its description. */
  private static boolean overrides(MethodTree method) {
    return method.getModifiers().getAnnotations().stream()
        .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
  }

  private static List<Path> sources(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".java")).sorted().toList();
    }
  }

  private static List<Place> parse(List<Path> files) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null);
    var objects = manager.getJavaFileObjectsFromPaths(files);
    JavacTask task = (JavacTask) compiler.getTask(null, manager, null, null, null, objects);
    List<Place> places = new ArrayList<>();
    for (CompilationUnitTree unit : task.parse()) {
      places.add(new Place(DocTrees.instance(task), new TreePath(unit)));
    }
    return places;
  }

  /** A declaration in a source file. */
  private record Place(DocTrees docs, TreePath path) {

    Place below(Tree tree) {
      return new Place(docs, new TreePath(path, tree));
    }

    Optional<DocCommentTree> comment() {
      return Optional.ofNullable(docs.getDocCommentTree(path));
    }

    long line() {
      CompilationUnitTree unit = path.getCompilationUnit();
      long start = docs.getSourcePositions().getStartPosition(unit, path.getLeaf());
      return unit.getLineMap().getLineNumber(start);
    }
  }
}
