@echo off
rem Checks the camera, the disk, the settings and the rest.
"%~dp0scripts\launch.bat" health_check --save_snapshot %*
