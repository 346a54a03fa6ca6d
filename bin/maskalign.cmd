@echo off
rem Runs MaskAlign's command line: finds a JDK, builds if sources have changed, starts the program.
rem   MASKALIGN_JAVA_OPTS    more JVM options, such as -Xmx8g
rem   MASKALIGN_MAVEN_OPTS   more Maven options, such as -Pcuda; remembered for later builds
rem An exclamation mark in a path or an argument must not expand variables.
setlocal EnableExtensions DisableDelayedExpansion
for %%R in ("%~dp0..") do set "ROOT=%%~fR"
if not "%ROOT:~-1%"=="\" set "ROOT=%ROOT%\"
set "TARGET=%ROOT%examples\target"
set "BUILDS=%TARGET%\builds"
set "BUILT=%TARGET%\launcher.built"

set "JDK="
call :try "%JAVA_HOME%"
for /f "delims=" %%J in ('where java 2^>nul') do call :try "%%~dpJ.."
for %%P in ("%ProgramFiles%\Eclipse Adoptium" "%ProgramFiles%\Java" "%ProgramFiles%\Microsoft" "%ProgramFiles%\Zulu" "%ProgramFiles%\Amazon Corretto" "%ProgramFiles%\BellSoft" "%LOCALAPPDATA%\Programs\Eclipse Adoptium" "%USERPROFILE%\.sdkman\candidates\java" "%USERPROFILE%\.jdks" "%USERPROFILE%\scoop\apps") do (
  for /d %%J in ("%%~P\*") do (
    call :try "%%~J"
    call :try "%%~J\current"
  )
)
if not defined JDK (
  >&2 echo maskalign: requires JDK 25 or newer, and none was found in JAVA_HOME, PATH or the usual folders; install one from adoptium.net, or set JAVA_HOME
  exit /b 2
)

call :stale
if errorlevel 1 call :build
if errorlevel 1 exit /b 2
call :last

rem Help is printed by a JVM without the vector module, about which Java warns.
set "VECTORS=--add-modules jdk.incubator.vector"
if "%~1"=="" set "VECTORS="
for %%A in (-h --help -V --version) do (
  if "%~1"=="%%A" set "VECTORS="
  if "%~2"=="%%A" set "VECTORS="
)

"%JDK%\bin\java" %VECTORS% --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xms16m -Xmn8m -XX:+UseCompactObjectHeaders %MASKALIGN_JAVA_OPTS% -cp "%BUILDS%\%ID%\*" io.github.maskalign.cli.Main %*
exit /b %ERRORLEVEL%

rem try HOME: sets JDK to the folder if it contains a JDK that is new enough and none was found yet.
:try
if defined JDK exit /b 0
if "%~1"=="" exit /b 0
if not exist "%~1\bin\javac.exe" exit /b 0
findstr /r /c:"^JAVA_VERSION=.2[5-9]" /c:"^JAVA_VERSION=.[3-9][0-9]" "%~1\release" >nul 2>nul && set "JDK=%~f1"
exit /b 0

rem last: sets ID to the folder of the last build, and OPTIONS to the options it was built with.
:last
set "ID="
set "OPTIONS="
if not exist "%BUILT%" exit /b 0
for /f "usebackq tokens=1,* delims= " %%A in ("%BUILT%") do (
  set "ID=%%A"
  set "OPTIONS=%%B"
)
exit /b 0

rem stale: status 1 if a build is needed. A folder counts as its date shows a deleted file.
:stale
call :last
if not defined ID exit /b 1
if not exist "%BUILDS%\%ID%\" exit /b 1
if defined MASKALIGN_MAVEN_OPTS if not "%MASKALIGN_MAVEN_OPTS%"=="%OPTIONS%" exit /b 1
powershell -NoProfile -Command "$t = (Get-Item -LiteralPath $env:BUILT).LastWriteTime; $skip = '(^|\\)(\..+|target|runs)(\\|$)|(^|\\)src\\test(\\|$)|^(maskalign\\(checks|peers)|examples\\projects)(\\|$)'; function New-In($folder) { foreach ($f in Get-ChildItem -Force -LiteralPath $folder) { $n = $f.FullName.Substring($env:ROOT.Length); $main = $n -match '(^|\\)src\\main(\\|$)'; if (-not $main -and $n -match $skip) { continue }; if (($main -or $f.Name -eq 'pom.xml') -and $f.LastWriteTime -gt $t) { exit 1 }; if ($f.PSIsContainer) { New-In $f.FullName } } }; New-In $env:ROOT; exit 0"
exit /b %ERRORLEVEL%

rem build: status 0 if there is an up-to-date build afterwards. One launcher builds at a time.
:build
if not exist "%BUILDS%" mkdir "%BUILDS%"
set "SAID="
:wait
mkdir "%TARGET%\launcher.lock" 2>nul && goto :locked
if not defined SAID >&2 echo maskalign: waiting for another build; if there is none, delete "%TARGET%\launcher.lock"
set "SAID=1"
ping -n 2 127.0.0.1 >nul
goto :wait
:locked
call :stale
if not errorlevel 1 goto :unlock
call :maven
if not errorlevel 1 goto :unlock
rmdir "%TARGET%\launcher.lock"
exit /b 1
:unlock
rmdir "%TARGET%\launcher.lock"
exit /b 0

:maven
where mvn >nul 2>nul
if errorlevel 1 (
  >&2 echo maskalign: Maven is required to build: install it from maven.apache.org
  exit /b 1
)
if exist "%BUILT%" (
  >&2 echo maskalign: building, because sources have changed since the last build ...
) else (
  >&2 echo maskalign: building for the first time, which downloads libraries ...
)
call :last
set "PREVIOUS=%ID%"
if defined MASKALIGN_MAVEN_OPTS set "OPTIONS=%MASKALIGN_MAVEN_OPTS%"
rem Each build has a folder of its own, so that a build takes no jars from programs that run.
set "ID=build-%RANDOM%-%RANDOM%"
>"%BUILT%.new" echo %ID% %OPTIONS%
setlocal
set "JAVA_HOME=%JDK%"
call mvn -B -q -DskipTests -f "%ROOT%pom.xml" -pl examples -am package "-Dlauncher.jars=%BUILDS%\%ID%" %OPTIONS% 1>&2
if errorlevel 1 (
  >&2 echo maskalign: the build failed, see above
  exit /b 1
)
endlocal
move /y "%BUILT%.new" "%BUILT%" >nul
rem For java -cp examples\target\app\*. A folder of that name that is not a link is from an earlier version.
if exist "%TARGET%\app" rmdir "%TARGET%\app" 2>nul || move "%TARGET%\app" "%BUILDS%\app" >nul
mklink /J "%TARGET%\app" "%BUILDS%\%ID%" >nul
rem Old builds. Windows does not rename a folder with a file that a process has open.
for /d %%D in ("%BUILDS%\*") do if not "%%~nxD"=="%ID%" if not "%%~nxD"=="%PREVIOUS%" (
  ren "%%~D" "unused-%%~nxD" 2>nul && rmdir /s /q "%BUILDS%\unused-%%~nxD"
)
exit /b 0
