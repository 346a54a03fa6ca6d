/** Where the Hub is, who asks it, and why it may refuse. */
package io.github.maskalign.vit.hub.access;
