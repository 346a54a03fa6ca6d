package io.github.maskalign.vit.hub;

import io.github.maskalign.vit.hub.name.RemotePath;
import java.nio.file.Path;

/** The files of a repository at a commit, wherever they come from. */
interface ModelFiles {

  /** Whether the file is here, or can be had. */
  boolean has(RemotePath file);

  /** Whether the repository has the file, or may have it. */
  boolean mayHave(RemotePath file);

  /** The file on this machine. */
  Path get(RemotePath file);

  /** What there is, for the message if it is not enough. */
  String description();
}
