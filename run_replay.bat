@echo off
rem Tries the monitor on a recorded video or a folder of pictures.
"%~dp0scripts\launch.bat" replay %*
