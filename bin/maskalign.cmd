@echo off
rem Runs MaskAlign's command line: finds a JDK, builds if sources have changed, starts the program.
rem   MASKALIGN_JAVA_OPTS   more JVM options, such as -Xmx8g
setlocal
for %%R in ("%~dp0..") do set "ROOT=%%~fR\"
set "TARGET=%ROOT%examples\target"
set "BUILT=%TARGET%\launcher.built"

set "JDK="
call :try "%JAVA_HOME%"
for /f "delims=" %%J in ('where java 2^>nul') do call :try "%%~dpJ.."
for %%P in ("%ProgramFiles%\Eclipse Adoptium" "%ProgramFiles%\Java" "%ProgramFiles%\Microsoft" "%ProgramFiles%\Zulu" "%ProgramFiles%\Amazon Corretto" "%USERPROFILE%\.sdkman\candidates\java" "%USERPROFILE%\.jdks") do (
  for /d %%J in ("%%~P\*") do call :try "%%~J"
)
if not defined JDK (
  echo maskalign: requires JDK 25 or newer, and none was found in JAVA_HOME, PATH or the usual folders; install one from adoptium.net, or set JAVA_HOME 1>&2
  exit /b 2
)

rem A pom or anything in src\main of any module, at any depth; folders count as their dates show deleted files.
powershell -NoProfile -Command "$b = Get-Item -ErrorAction Ignore $env:BUILT; if (-not $b) { exit 1 }; $new = Get-ChildItem -Recurse $env:ROOT | Where-Object LastWriteTime -gt $b.LastWriteTime | Where-Object { $n = $_.FullName.Substring($env:ROOT.Length); ($_.Name -eq 'pom.xml' -or $n -match '(^|\\)src\\main(\\|$)') -and ($n -split '\\src\\')[0] -notmatch '(^|\\)(target|runs)(\\|$)' }; if ($new) { exit 1 }"
if errorlevel 1 (
  call :build
  if errorlevel 1 exit /b 2
)

"%JDK%\bin\java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xms16m -Xmn8m -XX:+UseCompactObjectHeaders %MASKALIGN_JAVA_OPTS% -cp "%TARGET%\app\*" io.github.maskalign.cli.Main %*
exit /b %ERRORLEVEL%

:try
if defined JDK exit /b 0
if not exist "%~1\bin\javac.exe" exit /b 0
findstr /r /c:"^JAVA_VERSION=.2[5-9]" /c:"^JAVA_VERSION=.[3-9][0-9]" "%~1\release" >nul 2>nul && set "JDK=%~f1"
exit /b 0

:build
where mvn >nul 2>nul
if errorlevel 1 (
  echo maskalign: Maven is required to build: install it from maven.apache.org 1>&2
  exit /b 1
)
if exist "%BUILT%" (
  echo maskalign: building, because sources have changed since the last build ... 1>&2
) else (
  echo maskalign: building for the first time, which downloads libraries ... 1>&2
)
if not exist "%TARGET%" mkdir "%TARGET%"
if exist "%TARGET%\app" rmdir /s /q "%TARGET%\app"
type nul > "%BUILT%.new"
setlocal
set "JAVA_HOME=%JDK%"
call mvn -B -q -DskipTests -f "%ROOT%pom.xml" -pl examples -am package 1>&2
if errorlevel 1 (
  echo maskalign: the build failed, see above 1>&2
  exit /b 1
)
endlocal
move /y "%BUILT%.new" "%BUILT%" >nul
exit /b 0
