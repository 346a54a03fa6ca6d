package io.github.maskalign.cuda;

import io.github.maskalign.cuda.binding.Binding;
import io.github.maskalign.cuda.binding.foreign.ForeignBinding;
import io.github.maskalign.cuda.binding.jcuda.JCudaBinding;
import io.github.maskalign.cuda.library.CudaRelease;
import io.github.maskalign.cuda.library.LibrarySearch;
import io.github.maskalign.cuda.library.SearchResult.Loaded;

/**
 * Libraries and a way to call them.
 *
 * @param jcuda whether by JCuda, whose native libraries are for CUDA 12 on x86-64
 */
record Candidate(CudaRelease release, boolean jcuda) {

  /** A binding to libraries that the search has loaded. */
  Binding binding(LibrarySearch search) {
    return jcuda
        ? new JCudaBinding()
        : new ForeignBinding(library -> ((Loaded) search.load(library)).file());
  }
}
