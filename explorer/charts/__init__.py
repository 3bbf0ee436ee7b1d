"""Pictures of architectures and measurements as pure functions: values in, SVG or figure out."""
