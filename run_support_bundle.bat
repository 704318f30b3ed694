@echo off
rem Packs what somebody who helps needs to see into one file.
"%~dp0scripts\launch.bat" support_bundle %*
