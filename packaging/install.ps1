# Installs halo-onboard for this user on Windows: no administrator, no package manager. Windows PowerShell 5.1 or newer.
#
#   powershell -ExecutionPolicy Bypass -File install.ps1                    the version of this script
#   powershell -ExecutionPolicy Bypass -File install.ps1 -From DIRECTORY    from files that are here already
#   powershell -ExecutionPolicy Bypass -File install.ps1 -Uninstall         removes what it installed
#
# Nothing is installed unless the archive has the SHA-256 that SHA256SUMS (or -Sha256) gives. A release fills in the version and
# the address; the copy in the repository has neither.
param(
    # An https address or a directory that holds the archive and SHA256SUMS.
    [string]$From = '',
    # Where the program goes.
    [string]$To = '',
    # Another version than this script's.
    [string]$Version = '@VERSION@',
    # The archive's SHA-256, from a source that you trust, instead of SHA256SUMS.
    [string]$Sha256 = '',
    # Removes what this script installed; profiles and settings stay.
    [switch]$Uninstall
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
# A progress bar makes downloads slow in Windows PowerShell.
$ProgressPreference = 'SilentlyContinue'

$releases = '@RELEASES@'
$target = 'x86_64-pc-windows-msvc'
# The names that this script writes; it removes no others.
$names = 'halo-onboard.exe', 'halo-onboard-completion.ps1'

function Get-ReleaseFile([string]$Source, [string]$Name, [string]$Directory) {
    $destination = Join-Path $Directory $Name
    if ($Source -match '^https://' -or $Source -match '^http://(127\.0\.0\.1|localhost)[:/]') {
        $address = $Source.TrimEnd('/') + '/' + $Name
        Write-Host "Downloading $address"
        # Windows PowerShell offers older protocols only, unless it is told.
        [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
        try {
            Invoke-WebRequest -UseBasicParsing -Uri $address -OutFile $destination
        } catch {
            throw "$address was not received whole: $($_.Exception.Message) Nothing was installed."
        }
    } elseif ($Source -match '://') {
        throw "Only https addresses and directories can be used: $Source"
    } else {
        $file = Join-Path $Source $Name
        if (-not (Test-Path -LiteralPath $file -PathType Leaf)) { throw "There is no $Name in $Source." }
        Copy-Item -LiteralPath $file -Destination $destination
    }
    return $destination
}

# The sum that SHA256SUMS gives for a file. Exactly one line must name it.
function Get-ListedSum([string]$Sums, [string]$Name) {
    $found = @(Get-Content -LiteralPath $Sums | ForEach-Object {
        $parts = @($_ -split '\s+', 2)
        if ($parts.Count -eq 2 -and $parts[1].Trim().TrimStart('*') -ceq $Name) { $parts[0] }
    })
    if ($found.Count -ne 1) { throw "SHA256SUMS does not name $Name exactly once. Nothing was installed." }
    return $found[0]
}

function Assert-Sum([string]$File, [string]$Wanted) {
    if ($Wanted -notmatch '^[0-9A-Fa-f]{64}$') { throw "This is no SHA-256: $Wanted. Nothing was installed." }
    $found = (Get-FileHash -LiteralPath $File -Algorithm SHA256).Hash
    if ($found -ne $Wanted) {
        throw ("The archive is not the one that was published: it is damaged or was changed. Nothing was installed. " +
            "Expected SHA-256 $($Wanted.ToLowerInvariant()), received $($found.ToLowerInvariant()).")
    }
}

function Install-Program([string]$Directory, [string]$Record) {
    if ($Version -notmatch '^[0-9][0-9A-Za-z.+-]*$') {
        throw 'This copy of the script belongs to no release. Give -Version and -From, or take the script of a release.'
    }
    $source = $From
    if ($source -eq '') {
        if ($releases -notmatch '^https://') { throw 'This copy of the script names no address. Give -From, or take the script of a release.' }
        $source = "$releases/download/v$Version"
    }
    $architecture = $env:PROCESSOR_ARCHITECTURE, $env:PROCESSOR_ARCHITEW6432
    # Windows on ARM runs this build by its emulation.
    if (-not ($architecture -contains 'AMD64' -or $architecture -contains 'ARM64')) { throw "There is no build for $($env:PROCESSOR_ARCHITECTURE)." }

    $program = Join-Path $Directory 'halo-onboard.exe'
    if ((Test-Path -LiteralPath $program) -and -not (Test-Path -LiteralPath $Record -PathType Leaf)) {
        throw "$program was not installed by this script, so it is left alone. Remove it, or choose another place with -To."
    }

    $work = Join-Path ([IO.Path]::GetTempPath()) ('halo-onboard.' + [Guid]::NewGuid().ToString('N'))
    New-Item -ItemType Directory -Path $work | Out-Null
    try {
        $name = "halo-onboard-$Version-$target"
        $archive = Get-ReleaseFile $source "$name.zip" $work
        $sum = $Sha256
        if ($sum -eq '') { $sum = Get-ListedSum (Get-ReleaseFile $source 'SHA256SUMS' $work) "$name.zip" }
        Assert-Sum $archive $sum
        Expand-Archive -LiteralPath $archive -DestinationPath $work
        $unpacked = Join-Path $work $name
        $new = Join-Path $unpacked 'halo-onboard.exe'
        if (-not (Test-Path -LiteralPath $new -PathType Leaf)) { throw "The archive holds no $name\halo-onboard.exe." }
        $said = @(& $new --version)
        if ($LASTEXITCODE -ne 0 -or $said.Count -eq 0 -or $said[0] -cne "halo-onboard $Version") {
            throw "The archive holds another program than halo-onboard ${Version}, or it cannot run here. Nothing was installed."
        }

        New-Item -ItemType Directory -Force -Path $Directory | Out-Null
        # Recorded before it is there: -Uninstall finds it whatever comes between.
        Set-Content -LiteralPath $Record -Value $names -Encoding UTF8
        try {
            Copy-Item -LiteralPath $new -Destination $program -Force
        } catch {
            throw "$program cannot be written. Is it running? Close it and try again. $($_.Exception.Message)"
        }
        $completion = Join-Path $unpacked 'completions\halo-onboard.ps1'
        if (Test-Path -LiteralPath $completion) {
            Copy-Item -LiteralPath $completion -Destination (Join-Path $Directory 'halo-onboard-completion.ps1') -Force
        }
    } finally {
        Remove-Item -LiteralPath $work -Recurse -Force
    }

    Write-Host "halo-onboard $Version is installed:"
    $names | ForEach-Object { Join-Path $Directory $_ } | Where-Object { Test-Path -LiteralPath $_ } | ForEach-Object { Write-Host "  $_" }
    Write-Host 'To remove it: install.ps1 -Uninstall, with the same -To if you gave one'
    if (-not (($env:Path -split ';') -contains $Directory)) {
        Write-Host "$Directory is not in Path yet. For this window:"
        Write-Host "  `$env:Path = '$($Directory.Replace("'", "''"));' + `$env:Path"
        Write-Host 'For all windows: Settings, "Edit environment variables for your account", Path.'
    }
}

function Uninstall-Program([string]$Directory, [string]$Record) {
    if (-not (Test-Path -LiteralPath $Record -PathType Leaf)) { throw "This script has installed nothing here: there is no $Record." }
    foreach ($file in ($names | ForEach-Object { Join-Path $Directory $_ })) {
        if (Test-Path -LiteralPath $file -PathType Leaf) {
            try {
                Remove-Item -LiteralPath $file -Force
            } catch {
                throw "$file cannot be removed. Is it running? Close it and try again."
            }
            Write-Host "Removed $file"
        }
    }
    Remove-Item -LiteralPath $Record -Force
    if (@(Get-ChildItem -LiteralPath $Directory -Force).Count -eq 0) { Remove-Item -LiteralPath $Directory }
    Write-Host 'Profiles and settings are left, if there are any: %APPDATA%\halo-onboard and %LOCALAPPDATA%\halo-onboard'
}

$directory = $To
if ($directory -eq '') { $directory = Join-Path $env:LOCALAPPDATA 'Programs\halo-onboard' }
$directory = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($directory)
$record = Join-Path $directory 'installed-files.txt'
try {
    if ($Uninstall) { Uninstall-Program $directory $record } else { Install-Program $directory $record }
} catch {
    [Console]::Error.WriteLine("install.ps1: $($_.Exception.Message)")
    # Without a file (irm ADDRESS | iex), exit would close the reader's window.
    if ($PSCommandPath) { exit 1 }
}
