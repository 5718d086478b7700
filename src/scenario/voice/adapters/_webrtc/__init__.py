"""Audio over WebRTC: a peer connection of one audio track, however it is signalled."""
