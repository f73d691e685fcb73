# Homebrew formula. The release fills in the names between @ signs and publishes the result: packaging/README.md.
class HaloOnboard < Formula
  desc "Terminal assistant that connects Halo PSA to an API integration"
  homepage "@REPOSITORY@"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "@RELEASES@/download/v@VERSION@/halo-onboard-@VERSION@-aarch64-apple-darwin.tar.gz"
      sha256 "@SHA256:aarch64-apple-darwin.tar.gz@"
    end
    on_intel do
      url "@RELEASES@/download/v@VERSION@/halo-onboard-@VERSION@-x86_64-apple-darwin.tar.gz"
      sha256 "@SHA256:x86_64-apple-darwin.tar.gz@"
    end
  end

  on_linux do
    on_arm do
      url "@RELEASES@/download/v@VERSION@/halo-onboard-@VERSION@-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:aarch64-unknown-linux-musl.tar.gz@"
    end
    on_intel do
      url "@RELEASES@/download/v@VERSION@/halo-onboard-@VERSION@-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:x86_64-unknown-linux-musl.tar.gz@"
    end
  end

  def install
    bin.install "halo-onboard"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/halo-onboard.bash" => "halo-onboard"
    zsh_completion.install "completions/halo-onboard.zsh" => "_halo-onboard"
    fish_completion.install "completions/halo-onboard.fish"
  end

  test do
    assert_match "halo-onboard #{version}", shell_output("#{bin}/halo-onboard --version")
    assert_match "READY", shell_output("#{bin}/halo-onboard check --demo")
  end
end
